package org.wardfl.gpu.tabular;

import java.util.List;

/// Patients as numbers.
///
/// @param features the columns' names after one-hot coding
/// @param train rows to learn from
/// @param evaluation rows to score models on
record Dataset(List<String> features, Rows train, Rows evaluation) {

  /// Copies.
  Dataset {
    features = List.copyOf(features);
  }

  /// Some rows.
  ///
  /// @param values row-major, [count, features]; owned by this record
  /// @param labels the class of each row
  // Arrays, because millions of boxed numbers serve nobody; nothing compares two of these.
  @SuppressWarnings("ArrayRecordComponent")
  record Rows(float[] values, int[] labels) {

    int count() {
      return labels.length;
    }
  }
}
