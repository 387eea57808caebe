package org.wardfl.gpu.training;

import java.util.List;
import java.util.Optional;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.method.MethodNeed;
import org.wardfl.algo.method.NamePatterns;
import org.wardfl.gpu.option.Settings;

/// What a job asks of a site's training beside how it steps.
///
/// @param method the federated method
/// @param keepLocal tensors that every site keeps for itself
/// @param freeze tensors that are not trained
public record MethodOptions(Method method, NamePatterns keepLocal, NamePatterns freeze) {

  static final List<String> KEYS = List.of("method", "keep_local", "freeze");

  /// Reads the arguments `method`, `keep_local` and `freeze`.
  ///
  /// @throws AlgoException.Configuration if one is wrong
  public static MethodOptions of(Arguments arguments) throws AlgoException.Configuration {
    return new MethodOptions(
        Settings.within(arguments, "method", MethodOptions::method),
        NamePatterns.of(arguments, "keep_local"),
        NamePatterns.of(arguments, "freeze"));
  }

  private static Method method(Arguments arguments) throws AlgoException.Configuration {
    var settings = new Settings(arguments);
    var type =
        settings.word(
            "type", "fedavg", List.of("fedavg", "fedprox", "scaffold", "ditto", "fednova"));
    return switch (type) {
      case "fedprox" -> {
        arguments.only("type", "mu");
        yield new Method.FedProx(settings.number("mu", Optional.empty(), 0, 1e6));
      }
      case "scaffold" -> {
        arguments.only("type");
        yield new Method.Scaffold();
      }
      case "ditto" -> {
        arguments.only("type", "lambda");
        yield new Method.Ditto(settings.number("lambda", Optional.of(0.1), 0, 1e6));
      }
      case "fednova" -> {
        arguments.only("type", "mu");
        yield new Method.FedNova(settings.number("mu", Optional.of(0.0), 0, 1e6));
      }
      default -> {
        arguments.only("type");
        yield new Method.FedAvg();
      }
    };
  }

  /// What the method needs of the workflows that train by it.
  public Optional<MethodNeed> need() {
    return switch (method) {
      case Method.FedAvg _, Method.FedProx _, Method.Ditto _ -> Optional.empty();
      case Method.Scaffold _ ->
          Optional.of(new MethodNeed("method: scaffold", MethodNeed.Combining.MEAN));
      case Method.FedNova _ ->
          Optional.of(new MethodNeed("method: fednova", MethodNeed.Combining.NORMALIZED));
    };
  }

  /// Refuses what a method's formulas do not hold for.
  ///
  /// @throws AlgoException.Configuration naming the argument
  void check(TrainingOptions training) throws AlgoException.Configuration {
    switch (method) {
      case Method.FedAvg _, Method.FedProx _ -> {}
      case Method.Scaffold _ -> {
        if (training.adam() || training.momentum() != 0) {
          throw new AlgoException.Configuration(
              "argument `method`: scaffold needs optimizer sgd without momentum, for its control"
                  + " variates are means of gradients");
        }
      }
      case Method.Ditto _ -> {
        if (training.keepState() || !keepLocal.isEmpty()) {
          throw new AlgoException.Configuration(
              "argument `method`: ditto goes neither with `optimizer_state: keep` nor with"
                  + " `keep_local`; its personal model is whole and begins every task anew");
        }
      }
      case Method.FedNova(var mu) -> {
        // Beyond that, steps undo each other until next to nothing is left to divide by.
        if (training.adam() || training.rate() * mu >= 1 - training.momentum()) {
          throw new AlgoException.Configuration(
              "argument `method`: fednova needs optimizer sgd, and learning_rate times mu below 1 -"
                  + " momentum; for others it is not known how steps add up");
        }
        if (training.keepState() && training.momentum() != 0) {
          throw new AlgoException.Configuration(
              "argument `method`: fednova with momentum does not go with `optimizer_state: keep`;"
                  + " how steps add up is known where every task begins without momentum");
        }
      }
    }
  }
}
