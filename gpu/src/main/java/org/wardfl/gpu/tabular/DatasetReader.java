package org.wardfl.gpu.tabular;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wardfl.algo.AlgoException;
import org.wardfl.gpu.table.Table;
import org.wardfl.gpu.tabular.TabularOptions.Missing;

/// Turns a [Table] into a [Dataset]: chooses columns, codes categories, fills or refuses missing
/// cells, standardizes.
final class DatasetReader {

  private static final String TRAIN = "train";

  private final TabularOptions options;
  private final Table table;
  private final List<String> columns;

  DatasetReader(TabularOptions options, Table table) throws AlgoException {
    this.options = options;
    this.table = table;
    this.columns = columns();
  }

  /// The names of the columns after one-hot coding; needs no row.
  List<String> features() {
    var features = new ArrayList<String>();
    for (var column : columns) {
      var categories = options.categories().get(column);
      if (categories == null) {
        features.add(column);
      } else {
        categories.forEach(value -> features.add(column + "=" + value));
      }
    }
    return features;
  }

  /// The rows.
  ///
  /// @param given statistics that the job gives; else the site's own are taken, if any
  Dataset read(Optional<Statistics> given) throws AlgoException {
    int label = table.column(options.label());
    int split = table.header().indexOf(options.split());
    if (split < 0 && !options.evaluate().equals(TRAIN)) {
      throw new AlgoException.SiteData(
          table.file()
              + " has no column `"
              + options.split()
              + "` that tells training rows from others; its header names "
              + table.described());
    }
    var train = new ArrayList<Integer>();
    var evaluation = new ArrayList<Integer>();
    for (int row = 0; row < table.rows().size(); row++) {
      var use = split < 0 ? TRAIN : table.cell(row, split);
      if (use.isEmpty()) {
        throw table.bad(
            row, split, "the cell is empty; expected train, or what else the row is for");
      }
      if (isDropped(row, label)) {
        continue;
      }
      if (use.equals(TRAIN)) {
        train.add(row);
      }
      if (use.equals(options.evaluate())) {
        evaluation.add(row);
      }
    }
    if (train.isEmpty()) {
      throw new AlgoException.SiteData(table.file() + " has no training rows");
    }
    var trainValues = values(train);
    var evaluationValues = values(evaluation);
    var features = features();
    if (options.missing() == Missing.MEAN || options.missing() == Missing.MEDIAN) {
      var imputation =
          new Imputation(table.file(), features, options.missing(), List.of(trainValues));
      imputation.fill(trainValues);
      imputation.fill(evaluationValues);
    }
    switch (options.standardization()) {
      case NONE -> {
        // The numbers stay as they are.
      }
      case OWN -> {
        var own = Statistics.of(features, trainValues, numeric());
        own.apply(features, trainValues);
        own.apply(features, evaluationValues);
      }
      case GIVEN -> {
        var statistics = given.orElseThrow();
        statistics.require(features, numeric(), table.file());
        statistics.apply(features, trainValues);
        statistics.apply(features, evaluationValues);
      }
    }
    return new Dataset(
        features, rows(trainValues, train, label), rows(evaluationValues, evaluation, label));
  }

  private List<String> columns() throws AlgoException {
    if (!options.features().isEmpty()) {
      for (var column : options.features()) {
        table.column(column);
      }
      return options.features();
    }
    // In the order of their names, so that hospitals may keep theirs in any order.
    var others =
        table.header().stream()
            .filter(name -> !name.equals(options.label()) && !name.equals(options.split()))
            .sorted()
            .toList();
    if (others.isEmpty()) {
      throw new AlgoException.SiteData(table.file() + " has no column to learn from");
    }
    for (var column : options.categories().keySet()) {
      table.column(column);
    }
    return others;
  }

  private boolean[] numeric() {
    var numeric = new ArrayList<Boolean>();
    for (var column : columns) {
      var categories = options.categories().get(column);
      for (int i = 0; i < (categories == null ? 1 : categories.size()); i++) {
        numeric.add(categories == null);
      }
    }
    var flags = new boolean[numeric.size()];
    for (int i = 0; i < flags.length; i++) {
      flags[i] = numeric.get(i);
    }
    return flags;
  }

  private boolean isDropped(int row, int label) throws AlgoException.SiteData {
    boolean drop = options.missing() == Missing.DROP_ROW;
    if (table.isAbsent(row, label)) {
      if (drop) {
        return true;
      }
      throw table.bad(row, label, "the label is missing");
    }
    if (!drop) {
      return false;
    }
    for (var column : columns) {
      if (table.isAbsent(row, table.column(column))) {
        return true;
      }
    }
    return false;
  }

  private double[][] values(List<Integer> rows) throws AlgoException.SiteData {
    var values = new double[rows.size()][];
    for (int i = 0; i < values.length; i++) {
      values[i] = row(rows.get(i));
    }
    return values;
  }

  private double[] row(int row) throws AlgoException.SiteData {
    var values = new double[numeric().length];
    int at = 0;
    for (var name : columns) {
      int column = table.column(name);
      var categories = options.categories().get(name);
      if (categories == null) {
        values[at++] = number(row, column);
        continue;
      }
      int index = categories.indexOf(table.cell(row, column));
      if (index < 0 && !table.isAbsent(row, column)) {
        throw table.bad(
            row, column, "not one of the job's categories " + String.join(", ", categories));
      }
      if (index < 0 && options.missing() == Missing.REFUSE) {
        throw missing(row, column);
      }
      // A missing category is none of them.
      if (index >= 0) {
        values[at + index] = 1;
      }
      at += categories.size();
    }
    return values;
  }

  private double number(int row, int column) throws AlgoException.SiteData {
    if (table.isAbsent(row, column)) {
      if (options.missing() == Missing.REFUSE) {
        throw missing(row, column);
      }
      return Double.NaN;
    }
    double value = table.number(row, column);
    if (Float.isFinite((float) value)) {
      return value;
    }
    throw table.bad(row, column, "found something that is not a number");
  }

  private AlgoException.SiteData missing(int row, int column) {
    return table.bad(
        row, column, "the cell is empty; the job's `missing` says what to do about that");
  }

  private Dataset.Rows rows(double[][] values, List<Integer> rows, int label)
      throws AlgoException.SiteData {
    int width = numeric().length;
    var flat = new float[values.length * width];
    var labels = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      for (int j = 0; j < width; j++) {
        flat[i * width + j] = (float) values[i][j];
      }
      labels[i] = label(rows.get(i), label);
    }
    return new Dataset.Rows(flat, labels);
  }

  private int label(int row, int column) throws AlgoException.SiteData {
    double value = table.number(row, column);
    if (value == StrictMath.rint(value) && value >= 0 && value < options.classes()) {
      return (int) value;
    }
    throw table.bad(row, column, "expected a class from 0 to " + (options.classes() - 1));
  }
}
