package org.wardfl.gpu.tabular;

import java.util.Arrays;
import java.util.List;
import org.wardfl.algo.AlgoException;
import org.wardfl.gpu.tabular.TabularOptions.Missing;

/// Puts the mean or the median of the site's own training rows in the place of missing numbers,
/// which are NaN until then.
///
/// @param file the table's name, for messages
/// @param features the columns' names
/// @param missing [Missing#MEAN] or [Missing#MEDIAN]
/// @param train row-major training rows as read, with their gaps; not changed here
record Imputation(String file, List<String> features, Missing missing, List<double[]> train) {

  /// Copies the rows, because the ones that it fills may be the same.
  Imputation {
    features = List.copyOf(features);
    train = train.stream().map(double[]::clone).toList();
  }

  /// Fills the gaps of rows in place.
  ///
  /// @throws AlgoException.SiteData if a column has a gap here and no number in any training row
  void fill(double[][] rows) throws AlgoException.SiteData {
    for (int column = 0; column < features.size(); column++) {
      double replacement = Double.NaN;
      for (var row : rows) {
        if (Double.isNaN(row[column])) {
          if (Double.isNaN(replacement)) {
            replacement = replacement(column);
          }
          row[column] = replacement;
        }
      }
    }
  }

  private double replacement(int column) throws AlgoException.SiteData {
    var known =
        train.stream()
            .mapToDouble(row -> row[column])
            .filter(value -> !Double.isNaN(value))
            .toArray();
    if (known.length == 0) {
      throw new AlgoException.SiteData(
          file
              + ": column `"
              + features.get(column)
              + "` is empty in every training row, so nothing can take the place of a missing"
              + " value");
    }
    return missing == Missing.MEDIAN ? median(known) : mean(known);
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    int middle = values.length / 2;
    return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }
}
