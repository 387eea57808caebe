package org.wardfl.gpu.tabular;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.wardfl.algo.AlgoException;
import org.wardfl.gpu.table.Table;

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
        var column =
            new Column(
                number(table, row, mean, -Double.MAX_VALUE), number(table, row, deviation, 0));
        if (columns.put(table.cell(row, feature), column) != null) {
          throw table.bad(row, feature, "`" + table.cell(row, feature) + "` stands there twice");
        }
      }
      return new Statistics(columns);
    } catch (AlgoException.SiteData e) {
      throw new AlgoException.Configuration("argument `statistics`: " + e.getMessage());
    }
  }

  private static double number(Table table, int row, int column, double least)
      throws AlgoException.SiteData {
    double value = table.number(row, column);
    if (value >= least) {
      return value;
    }
    throw table.bad(row, column, "expected a number" + (least == 0 ? " of at least 0" : ""));
  }

  /// The means and sample standard deviations (n - 1) of these rows, of which there is at least
  /// one, added up in their order.
  static Statistics of(List<String> features, double[][] rows, boolean[] numeric) {
    var columns = new TreeMap<String, Column>();
    for (int column = 0; column < features.size(); column++) {
      if (numeric[column]) {
        columns.put(features.get(column), column(rows, column));
      }
    }
    return new Statistics(columns);
  }

  private static Column column(double[][] rows, int column) {
    double sum = 0;
    boolean constant = true;
    for (var row : rows) {
      sum += row[column];
      constant &= row[column] == rows[0][column];
    }
    if (constant) {
      // Not sum / n, whose rounding would pass for a deviation and blow up any other value.
      return new Column(rows[0][column], 0);
    }
    double mean = sum / rows.length;
    double squares = 0;
    for (var row : rows) {
      squares += (row[column] - mean) * (row[column] - mean);
    }
    return new Column(mean, StrictMath.sqrt(squares / (rows.length - 1)));
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

  /// Standardizes rows in place; of a column with deviation 0 only the mean is taken off.
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
