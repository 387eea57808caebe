package org.wardfl.proto.job;

import org.wardfl.algo.Arguments;

/// The data that a job trains on: a name that each site resolves for itself, never a path.
///
/// @param dataset the name under which sites declare it; empty for a job without data
/// @param settings how the algorithm reads it (format, label, ...)
public record DataDefinition(String dataset, Arguments settings) {

  /// Checks the name.
  ///
  /// @throws IllegalArgumentException if the name could be a path
  public DataDefinition {
    if (!dataset.matches("|[A-Za-z0-9][A-Za-z0-9._-]{0,62}")) {
      throw new IllegalArgumentException(
          "data.dataset: found '"
              + dataset
              + "', expected a name of letters, digits, '.', '_', '-' (a job names no path)");
    }
  }

  /// No data.
  public static DataDefinition none() {
    return new DataDefinition("", Arguments.none());
  }
}
