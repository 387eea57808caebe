package org.wardfl.gpu.training;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Arguments;
import org.wardfl.gpu.option.Settings;

/// How a task trains, whatever it trains.
///
/// @param rate learning rate
/// @param momentum of SGD
/// @param decay L2 penalty
/// @param adam whether Adam takes the place of SGD
/// @param length how long a task trains
/// @param batchSize samples in a batch
/// @param shuffle whether every epoch has an order of its own
/// @param keepState whether the optimizer goes on where the last task left it
/// @param methods by which federated method, and which tensors
public record TrainingOptions(
    double rate,
    double momentum,
    double decay,
    boolean adam,
    Length length,
    int batchSize,
    boolean shuffle,
    boolean keepState,
    MethodOptions methods) {

  private static final List<String> KEYS =
      List.of(
          "learning_rate",
          "momentum",
          "weight_decay",
          "optimizer",
          "local_epochs",
          "local_steps",
          "batch_size",
          "shuffle",
          "optimizer_state");

  /// How long a task trains.
  public sealed interface Length {}

  /// Passes over all training samples.
  ///
  /// @param count how many
  public record Epochs(int count) implements Length {}

  /// Batches.
  ///
  /// @param count how many
  public record Steps(int count) implements Length {}

  /// The names of these arguments and of an algorithm's own.
  public static String[] keysWith(String... own) {
    return Stream.of(Stream.of(own), KEYS.stream(), MethodOptions.KEYS.stream())
        .flatMap(keys -> keys)
        .toArray(String[]::new);
  }

  /// Reads the arguments.
  ///
  /// @throws AlgoException.Configuration if one is wrong
  public static TrainingOptions of(Arguments arguments) throws AlgoException.Configuration {
    var settings = new Settings(arguments);
    boolean adam = settings.word("optimizer", "sgd", List.of("sgd", "adam")).equals("adam");
    if (adam && arguments.has("momentum")) {
      throw new AlgoException.Configuration("argument `momentum`: is one of sgd, not of adam");
    }
    var training =
        new TrainingOptions(
            settings.number("learning_rate", Optional.empty(), Double.MIN_VALUE, 1e6),
            settings.number("momentum", Optional.of(0.0), 0, 0.999999),
            settings.number("weight_decay", Optional.of(0.0), 0, 1e6),
            adam,
            length(settings),
            settings.whole("batch_size", 16, 1, 1 << 20),
            arguments.bool("shuffle", true),
            settings.word("optimizer_state", "reset", List.of("reset", "keep")).equals("keep"),
            MethodOptions.of(arguments));
    training.methods().check(training);
    return training;
  }

  private static Length length(Settings settings) throws AlgoException.Configuration {
    if (settings.arguments().has("local_epochs") == settings.arguments().has("local_steps")) {
      throw new AlgoException.Configuration(
          "arguments `local_epochs` and `local_steps`: expected one of the two");
    }
    return settings.arguments().has("local_epochs")
        ? new Epochs(settings.whole("local_epochs", 1, 1, 1_000_000))
        : new Steps(settings.whole("local_steps", 1, 1, 1_000_000_000));
  }

  /// An optimizer that has done no step.
  public Optimizer optimizer() {
    return adam ? new Adam(rate, decay) : new Sgd(rate, momentum, decay);
  }

  /// The batches of a task.
  ///
  /// @param count training samples
  /// @param seed of their order
  public Batches batches(int count, long seed) {
    return shuffle ? Batches.shuffled(count, batchSize, seed) : Batches.inOrder(count, batchSize);
  }

  /// How many steps a task does.
  public long steps(Batches batches) {
    return switch (length) {
      case Epochs(var epochs) -> epochs * batches.perEpoch();
      case Steps(var count) -> count;
    };
  }
}
