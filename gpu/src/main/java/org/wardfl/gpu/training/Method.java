package org.wardfl.gpu.training;

/// By which federated method a site trains.
public sealed interface Method {

  /// Nothing beside plain local training.
  record FedAvg() implements Method {}

  /// Every step is pulled toward the received model.
  ///
  /// @param mu how strongly, at least 0; 0 is FedAvg
  record FedProx(double mu) implements Method {}

  /// Every step is corrected by control variates. Plain SGD only.
  record Scaffold() implements Method {}

  /// Beside the federation's model the site trains one of its own, held near it.
  ///
  /// @param lambda how near, at least 0; 0 trains alone
  record Ditto(double lambda) implements Method {}

  /// The site tells by how much its steps add up, for a mean of normalized updates. SGD only.
  ///
  /// @param mu of a proximal term as FedProx's, at least 0
  record FedNova(double mu) implements Method {}
}
