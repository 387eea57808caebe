package org.wardfl.gpu.tabular;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Arguments;
import org.wardfl.gpu.option.Settings;
import org.wardfl.gpu.training.TrainingOptions;

/// The arguments of `torch-tabular`, checked.
///
/// @param layers sizes of the hidden layers; none makes a logistic regression
/// @param classes how many classes the label has, at least 2
/// @param training how a task trains
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
    TrainingOptions training,
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
        TrainingOptions.keysWith(
            "layers",
            "classes",
            "standardization",
            "statistics",
            "missing",
            "features",
            "categories"));
    var settings = new Settings(arguments);
    data.only("format", "label", "split", "evaluate");
    new Settings(data).word("format", "csv", List.of("csv"));
    var standardization =
        Standardization.valueOf(
            upper(settings.word("standardization", "own", List.of("none", "own", "given"))));
    Optional<String> statistics =
        arguments.has("statistics")
            ? Optional.of(arguments.string("statistics"))
            : Optional.empty();
    if (statistics.isPresent() != (standardization == Standardization.GIVEN)) {
      throw new AlgoException.Configuration(
          "argument `statistics`: names a file of the job exactly if `standardization` is given");
    }
    return new TabularOptions(
        layers(arguments),
        settings.whole("classes", 2, 2, 1000),
        TrainingOptions.of(arguments),
        standardization,
        statistics,
        Missing.valueOf(
            upper(
                settings.word(
                    "missing", "refuse", List.of("refuse", "mean", "median", "drop_row")))),
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

  private static String upper(String word) {
    return word.toUpperCase(Locale.ROOT);
  }

  /// The statistics that the job gives, if it gives any.
  ///
  /// @throws AlgoException.Configuration if their file is outside the job folder, or is none
  Optional<Statistics> givenStatistics(Path jobFolder) throws AlgoException.Configuration {
    if (statistics.isEmpty()) {
      return Optional.empty();
    }
    var file = jobFolder.resolve(statistics.get()).normalize();
    if (!file.startsWith(jobFolder.normalize())) {
      throw new AlgoException.Configuration(
          "argument `statistics`: the file is outside the job folder");
    }
    return Optional.of(Statistics.read(file));
  }
}
