package org.wardfl.gpu.statistics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.DataStats;
import org.wardfl.algo.statistics.FeatureStatistics;
import org.wardfl.algo.statistics.FeatureValues;
import org.wardfl.algo.statistics.StatisticsRequest;
import org.wardfl.gpu.table.Table;

/// The statistics of a table's columns of numbers.
///
/// A column that is not numbers throughout is told as such, and so is one that was asked for by
/// name and is not there.
///
/// @param table the patients
/// @param label the column with the class, for statistics by class
/// @param split the column that says what rows are for, of which nothing is told unless it is asked
///   for by name
/// @param rows the value of that column in the rows that are described; empty for all rows
public record TableDescription(
    Table table, Optional<String> label, String split, Optional<String> rows) {

  private static final int MOST_CLASSES = 20;
  private static final int LONGEST_CLASS = 60;
  private static final String MISSING = "missing";

  /// Describes it.
  ///
  /// @throws AlgoException.Configuration if classes are asked for and the job names no label
  /// @throws AlgoException.SiteData if the table has no such label
  public DataStats describe(StatisticsRequest request) throws AlgoException {
    var features = new ArrayList<FeatureStatistics>();
    var all = described();
    var groups = request.byClass() ? groups(all, features) : Map.<String, List<Integer>>of();
    for (var feature : names(request)) {
      describe(feature, request, all, groups, features);
    }
    return new DataStats(new TreeMap<>(), all.size(), features);
  }

  private List<String> names(StatisticsRequest request) {
    if (!request.features().isEmpty()) {
      return request.features();
    }
    return table.header().stream()
        .filter(name -> !name.equals(split) && FeatureStatistics.isName(name))
        .sorted()
        .limit(StatisticsRequest.MOST_FEATURES)
        .toList();
  }

  private List<Integer> described() throws AlgoException.SiteData {
    var described = new ArrayList<Integer>();
    int column = rows.isPresent() ? table.column(split) : -1;
    for (int row = 0; row < table.rows().size(); row++) {
      if (rows.isEmpty() || table.cell(row, column).equals(rows.get())) {
        described.add(row);
      }
    }
    return described;
  }

  private void describe(
      String feature,
      StatisticsRequest request,
      List<Integer> all,
      Map<String, List<Integer>> groups,
      List<FeatureStatistics> features) {
    int column = table.header().indexOf(feature);
    if (column < 0) {
      features.add(FeatureStatistics.withheld(feature, "", "the data has no such feature"));
      return;
    }
    var values = new double[table.rows().size()];
    for (int row : all) {
      values[row] = table.number(row, column);
      if (Double.isNaN(values[row]) && !table.isAbsent(row, column)) {
        features.add(
            FeatureStatistics.withheld(
                feature,
                "",
                "it is text, not numbers: line "
                    + table.lines().get(row)
                    + " of the table holds no number"));
        return;
      }
    }
    var bins = Optional.ofNullable(request.histograms().get(feature));
    features.add(FeatureValues.describe(feature, "", of(values, all), bins));
    if (label.filter(feature::equals).isEmpty()) {
      groups.forEach((group, some) ->
          features.add(FeatureValues.describe(feature, group, of(values, some), bins)));
    }
  }

  private static double[] of(double[] values, List<Integer> some) {
    return some.stream().mapToDouble(row -> values[row]).toArray();
  }

  /// The rows of each class.
  private Map<String, List<Integer>> groups(List<Integer> all, List<FeatureStatistics> features)
      throws AlgoException {
    var name = label.orElseThrow(TableDescription::noClasses);
    int column = table.column(name);
    var groups = new TreeMap<String, List<Integer>>();
    for (int row : all) {
      groups.computeIfAbsent(name + "=" + className(row, column), _ -> new ArrayList<>()).add(row);
    }
    if (groups.size() > MOST_CLASSES) {
      features.add(
          FeatureStatistics.withheld(
              name,
              name + "=",
              "it has more than " + MOST_CLASSES + " values, too many for classes"));
      return Map.of();
    }
    return groups;
  }

  static AlgoException.Configuration noClasses() {
    return new AlgoException.Configuration(
        "by_class: the job's `data` names no `label`, so there are no classes; expected the column"
            + " with the class, such as `label: ill`");
  }

  // 1 and 1.0 are one class.
  private String className(int row, int column) {
    if (table.isAbsent(row, column)) {
      return MISSING;
    }
    double number = table.number(row, column);
    var text =
        number == StrictMath.rint(number) && Math.abs(number) < 1e9
            ? Long.toString((long) number)
            : table.cell(row, column);
    var printable = text.replaceAll("\\p{Cntrl}", " ");
    return printable.substring(0, Math.min(LONGEST_CLASS, printable.length()));
  }
}
