package org.wardfl.gpu.tabular;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Arguments;

/// The arguments of `torch-tabular`, checked.
///
/// @param layers sizes of the hidden layers; none makes a logistic regression
/// @param classes how many classes the label has, at least 2
/// @param rate learning rate
/// @param momentum of SGD
/// @param decay L2 penalty
/// @param adam whether Adam takes the place of SGD
/// @param length how long a task trains
/// @param batchSize rows in a batch
/// @param shuffle whether every epoch has an order of its own
/// @param keepState whether the optimizer goes on where the last task left it
/// @param standardization by which statistics numeric columns are standardized
/// @param statistics the file in the job folder with those statistics, if they are given
/// @param missing what becomes of an empty cell
/// @param features the columns to learn from; empty means all others, in the order of their names
/// @param categories for each categorical column, its values in the order of their one-hot columns
/// @param label the column with the class, 0 to classes - 1
/// @param split the column that says which rows are for what
/// @param evaluate the value of that column in the rows that models are scored on
record TabularOptions(
    List<Integer> layers,
    int classes,
    double rate,
    double momentum,
    double decay,
    boolean adam,
    Length length,
    int batchSize,
    boolean shuffle,
    boolean keepState,
    Standardization standardization,
    Optional<String> statistics,
    Missing missing,
    List<String> features,
    Map<String, List<String>> categories,
    String label,
    String split,
    String evaluate) {

  private static final int MOST_UNITS = 1 << 16;

  /// Copies.
  TabularOptions {
    layers = List.copyOf(layers);
    features = List.copyOf(features);
  }

  /// How long a task trains.
  sealed interface Length {}

  /// Passes over all training rows.
  record Epochs(int count) implements Length {}

  /// Batches.
  record Steps(int count) implements Length {}

  /// By which statistics numeric columns are standardized to mean 0 and standard deviation 1.
  enum Standardization {
    /// Not at all.
    NONE,
    /// The mean and sample standard deviation (n - 1) of the site's own training rows.
    OWN,
    /// Those in a file of the job.
    GIVEN
  }

  /// What becomes of an empty cell, or one that says `NA`, `NaN` or `?`.
  enum Missing {
    /// The site's data is refused.
    REFUSE,
    /// The mean of the column in the site's training rows.
    MEAN,
    /// The median of the column in the site's training rows.
    MEDIAN,
    /// The row is left out.
    DROP_ROW
  }

  /// Numbers that the network gives for each row: one for two classes without hidden layers
  /// (logistic regression), else one per class.
  int outputs() {
    return classes == 2 && layers.isEmpty() ? 1 : classes;
  }

  static TabularOptions of(Arguments arguments, Arguments data) throws AlgoException.Configuration {
    arguments.only(
        "layers",
        "classes",
        "learning_rate",
        "momentum",
        "weight_decay",
        "optimizer",
        "local_epochs",
        "local_steps",
        "batch_size",
        "shuffle",
        "optimizer_state",
        "standardization",
        "statistics",
        "missing",
        "features",
        "categories");
    data.only("format", "label", "split", "evaluate");
    word(data, "format", "csv", List.of("csv"));
    var standardization =
        Standardization.valueOf(
            upper(word(arguments, "standardization", "own", List.of("none", "own", "given"))));
    Optional<String> statistics =
        arguments.has("statistics")
            ? Optional.of(arguments.string("statistics"))
            : Optional.empty();
    if (statistics.isPresent() != (standardization == Standardization.GIVEN)) {
      throw new AlgoException.Configuration(
          "argument `statistics`: names a file of the job exactly if `standardization` is given");
    }
    boolean adam = word(arguments, "optimizer", "sgd", List.of("sgd", "adam")).equals("adam");
    if (adam && arguments.has("momentum")) {
      throw new AlgoException.Configuration("argument `momentum`: is one of sgd, not of adam");
    }
    return new TabularOptions(
        layers(arguments),
        whole(arguments, "classes", 2, 2, 1000),
        number(arguments, "learning_rate", Optional.empty(), Double.MIN_VALUE, 1e6),
        number(arguments, "momentum", Optional.of(0.0), 0, 0.999999),
        number(arguments, "weight_decay", Optional.of(0.0), 0, 1e6),
        adam,
        length(arguments),
        whole(arguments, "batch_size", 16, 1, 1 << 20),
        arguments.bool("shuffle", true),
        word(arguments, "optimizer_state", "reset", List.of("reset", "keep")).equals("keep"),
        standardization,
        statistics,
        Missing.valueOf(
            upper(
                word(
                    arguments,
                    "missing",
                    "refuse",
                    List.of("refuse", "mean", "median", "drop_row")))),
        arguments.strings("features", List.of()),
        categories(arguments),
        data.string("label"),
        data.string("split", "split"),
        data.string("evaluate", "test"));
  }

  private static List<Integer> layers(Arguments arguments) throws AlgoException.Configuration {
    var layers = arguments.integers("layers", List.of());
    for (var units : layers) {
      if (units < 1 || units > MOST_UNITS) {
        throw new AlgoException.Configuration(
            "argument `layers`: found " + units + ", expected sizes from 1 to " + MOST_UNITS);
      }
    }
    return layers.stream().map(Math::toIntExact).toList();
  }

  private static Length length(Arguments arguments) throws AlgoException.Configuration {
    if (arguments.has("local_epochs") == arguments.has("local_steps")) {
      throw new AlgoException.Configuration(
          "arguments `local_epochs` and `local_steps`: expected one of the two");
    }
    return arguments.has("local_epochs")
        ? new Epochs(whole(arguments, "local_epochs", 1, 1, 1_000_000))
        : new Steps(whole(arguments, "local_steps", 1, 1, 1_000_000_000));
  }

  private static Map<String, List<String>> categories(Arguments arguments)
      throws AlgoException.Configuration {
    var categories = new LinkedHashMap<String, List<String>>();
    var nested = arguments.nested("categories").orElseGet(Arguments::none);
    for (var column : nested.values().keySet()) {
      if (!(nested.values().get(column) instanceof List<?> values) || values.isEmpty()) {
        throw new AlgoException.Configuration(
            "argument `categories`: expected a list of values for column " + column);
      }
      categories.put(column, values.stream().map(String::valueOf).toList());
    }
    return categories;
  }

  private static String word(
      Arguments arguments, String key, String defaultValue, List<String> words)
      throws AlgoException.Configuration {
    var word = arguments.string(key, defaultValue);
    if (!words.contains(word)) {
      throw new AlgoException.Configuration(
          "`" + key + "`: found " + word + ", expected " + String.join(" or ", words));
    }
    return word;
  }

  private static int whole(Arguments arguments, String key, long defaultValue, int min, int max)
      throws AlgoException.Configuration {
    long value = arguments.integer(key, defaultValue);
    if (value < min || value > max) {
      throw new AlgoException.Configuration(
          "argument `" + key + "`: found " + value + ", expected " + min + " to " + max);
    }
    return (int) value;
  }

  private static double number(
      Arguments arguments, String key, Optional<Double> defaultValue, double min, double max)
      throws AlgoException.Configuration {
    double value =
        defaultValue.isPresent()
            ? arguments.number(key, defaultValue.get())
            : arguments.number(key);
    if (!(value >= min && value <= max)) {
      throw new AlgoException.Configuration(
          "argument `"
              + key
              + "`: found "
              + value
              + ", expected "
              + (min == Double.MIN_VALUE ? "more than 0" : min + " to " + max));
    }
    return value;
  }

  private static String upper(String word) {
    return word.toUpperCase(Locale.ROOT);
  }
}
