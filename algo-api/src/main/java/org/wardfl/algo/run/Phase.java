package org.wardfl.algo.run;

/// The call of an algorithm in which something happened.
public enum Phase {
  /// The algorithm's constructor or `initialize`.
  INITIALIZE("initialize"),
  /// Reading the received model.
  MODEL("model"),
  /// `restoreState`.
  RESTORE_STATE("restoreState"),
  /// `evaluate`.
  EVALUATE("evaluate"),
  /// `train`.
  TRAIN("train"),
  /// `getWeights`, and the checks of what it returned.
  GET_WEIGHTS("getWeights"),
  /// The job's filters.
  FILTER("filter"),
  /// `getDataStats`.
  DATA_STATS("getDataStats"),
  /// `saveState`.
  SAVE_STATE("saveState");

  private final String word;

  Phase(String word) {
    this.word = word;
  }

  /// The name of the call.
  public String word() {
    return word;
  }
}
