package org.wardfl.gpu.tabular;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.wardfl.algo.AlgoException;

/// Mean and standard deviation of numeric columns.
///
/// @param columns by name
record Statistics(Map<String, Column> columns) {

  /// Copies.
  Statistics {
    columns = Map.copyOf(columns);
  }

  /// One column's.
  ///
  /// @param mean its mean
  /// @param deviation its standard deviation; 0 for a column that never changes
  record Column(double mean, double deviation) {}

  /// Reads a CSV file with the columns feature, mean and sd.
  ///
  /// @throws AlgoException.Configuration if it is not such a file
  static Statistics read(Path file) throws AlgoException.Configuration {
    try {
      var table = Table.read(file);
      int feature = table.column("feature");
      int mean = table.column("mean");
      int deviation = table.column("sd");
      var columns = new TreeMap<String, Column>();
      for (int row = 0; row < table.rows().size(); row++) {
        columns.put(
            table.rows().get(row).get(feature).strip(),
            new Column(number(table, row, mean), number(table, row, deviation)));
      }
      return new Statistics(columns);
    } catch (AlgoException.SiteData e) {
      throw new AlgoException.Configuration("argument `statistics`: " + e.getMessage());
    }
  }

  private static double number(Table table, int row, int column) throws AlgoException.SiteData {
    try {
      double value = Double.parseDouble(table.rows().get(row).get(column).strip());
      if (Double.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException _) {
      // Told below.
    }
    throw table.bad(row, column, "expected a finite number");
  }

  /// The means and sample standard deviations (n - 1) of these rows, added up in their order.
  static Statistics of(List<String> features, double[][] rows, boolean[] numeric) {
    var columns = new TreeMap<String, Column>();
    for (int column = 0; column < features.size(); column++) {
      if (numeric[column]) {
        double sum = 0;
        for (var row : rows) {
          sum += row[column];
        }
        double mean = sum / rows.length;
        double squares = 0;
        for (var row : rows) {
          squares += (row[column] - mean) * (row[column] - mean);
        }
        double variance = rows.length > 1 ? squares / (rows.length - 1) : 0;
        columns.put(features.get(column), new Column(mean, StrictMath.sqrt(variance)));
      }
    }
    return new Statistics(columns);
  }

  /// Refuses statistics that do not have every numeric column of the data.
  void require(List<String> features, boolean[] numeric, String file)
      throws AlgoException.Configuration {
    var absent = new ArrayList<String>();
    for (int column = 0; column < features.size(); column++) {
      if (numeric[column] && !columns.containsKey(features.get(column))) {
        absent.add(features.get(column));
      }
    }
    if (!absent.isEmpty()) {
      throw new AlgoException.Configuration(
          "argument `statistics`: the file has nothing on the columns "
              + String.join(", ", absent)
              + " of "
              + file);
    }
  }

  /// Standardizes rows in place; a column that never changes becomes 0.
  void apply(List<String> features, double[][] rows) {
    for (int column = 0; column < features.size(); column++) {
      var statistics = columns.get(features.get(column));
      if (statistics != null) {
        double divisor = statistics.deviation() == 0 ? 1 : statistics.deviation();
        for (var row : rows) {
          row[column] = (row[column] - statistics.mean()) / divisor;
        }
      }
    }
  }
}
