package org.example;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Arguments;

/// One split of the site's table: a line of numbers per patient, the last always 1 for the
/// intercept, and a label of 0 or 1.
///
/// @param rows by patient
/// @param labels by patient
record Patients(double[][] rows, int[] labels) {

  /// Reads the rows of a split from the site's CSV.
  ///
  /// The argument `features` names the columns and a typical value of each; a number is read as its
  /// distance from the typical value, in units of it.
  static Patients read(AlgoContext context, String split) throws AlgoException {
    var typical =
        context
            .arguments()
            .nested("features")
            .orElseThrow(() -> new AlgoException.Configuration("argument `features` is missing"));
    var file =
        context
            .data()
            .location()
            .orElseThrow(() -> new AlgoException.Configuration("the job names no dataset"));
    var label = context.data().settings().string("label");
    try {
      return read(Files.readAllLines(file), label, split, typical);
    } catch (IOException e) {
      throw new AlgoException.Failure(file.getFileName() + " cannot be read", e);
    } catch (AlgoException.SiteData e) {
      throw new AlgoException.SiteData(file.getFileName() + ": " + e.getMessage());
    }
  }

  private static Patients read(
      List<String> lines, String labelColumn, String split, Arguments typical)
      throws AlgoException {
    if (lines.isEmpty()) {
      throw new AlgoException.SiteData("the table is empty");
    }
    var names = List.copyOf(typical.values().keySet());
    var header = List.of(lines.getFirst().split(","));
    int label = column(header, labelColumn);
    int splitColumn = column(header, "split");
    var rows = new ArrayList<double[]>();
    var labels = new ArrayList<Integer>();
    for (int line = 1; line < lines.size(); line++) {
      var cells = lines.get(line).split(",");
      if (cells.length != header.size()) {
        throw new AlgoException.SiteData(
            "line %d has %d cells, expected %d".formatted(line + 1, cells.length, header.size()));
      }
      if (cells[splitColumn].equals(split)) {
        var row = new double[names.size() + 1];
        for (int i = 0; i < names.size(); i++) {
          var cell = cells[column(header, names.get(i))];
          row[i] = number(cell, line + 1, names.get(i)) / typical.number(names.get(i)) - 1;
        }
        row[names.size()] = 1;
        rows.add(row);
        labels.add((int) number(cells[label], line + 1, header.get(label)));
      }
    }
    if (rows.isEmpty()) {
      throw new AlgoException.SiteData("no row has split `" + split + "`");
    }
    return new Patients(
        rows.toArray(double[][]::new), labels.stream().mapToInt(Integer::intValue).toArray());
  }

  int size() {
    return labels.length;
  }

  int features() {
    return rows[0].length - 1;
  }

  double value(int row, int column) {
    return rows[row][column];
  }

  int label(int row) {
    return labels[row];
  }

  /// The probability of label 1. StrictMath gives the same bits on every machine.
  double probability(int row, double[] weights) {
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += weights[i] * rows[row][i];
    }
    return 1 / (1 + StrictMath.exp(-sum));
  }

  /// The row numbers in random order.
  int[] shuffled(Random random) {
    var order = new int[size()];
    Arrays.setAll(order, i -> i);
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    return order;
  }

  private static int column(List<String> header, String name) throws AlgoException {
    int column = header.indexOf(name);
    if (column < 0) {
      throw new AlgoException.SiteData("no column `" + name + "`; there are " + header);
    }
    return column;
  }

  private static double number(String cell, int line, String column) throws AlgoException {
    try {
      return Double.parseDouble(cell);
    } catch (NumberFormatException e) {
      throw new AlgoException.SiteData("line " + line + ", column " + column + ": not a number");
    }
  }
}
