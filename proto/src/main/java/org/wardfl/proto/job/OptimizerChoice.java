package org.wardfl.proto.job;

/// How the server moves the model by what a round's updates say together.
///
/// @param method which
/// @param learningRate the server's, positive
/// @param beta1 how much of the first moment is kept, at least 0 and below 1; FEDAVGM calls it
///   momentum
/// @param beta2 how much of the second moment is kept, at least 0 and below 1; FEDADAM and FEDYOGI
///   alone use it
/// @param tau what is added to the root of the second moment, positive; the adaptive ones alone use
///   it
public record OptimizerChoice(
    Method method, double learningRate, double beta1, double beta2, double tau) {

  /// Checks the ranges.
  ///
  /// @throws IllegalArgumentException naming the key
  public OptimizerChoice {
    positive("learning_rate", learningRate);
    share(method == Method.FEDAVGM ? "momentum" : "beta1", beta1);
    share("beta2", beta2);
    positive("tau", tau);
  }

  private static void positive(String key, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          "optimizer." + key + ": found " + value + ", expected a positive number");
    }
  }

  private static void share(String key, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(
          "optimizer." + key + ": found " + value + ", expected a number from 0 to below 1");
    }
  }

  /// The method.
  public enum Method {
    /// Momentum.
    FEDAVGM,
    /// A sum of squares.
    FEDADAGRAD,
    /// A running mean of squares.
    FEDADAM,
    /// As FEDADAM, but with steps that do not depend on the size of the second moment.
    FEDYOGI
  }
}
