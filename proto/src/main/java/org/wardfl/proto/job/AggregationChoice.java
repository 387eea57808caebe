package org.wardfl.proto.job;

/// How the updates of a round become one.
public sealed interface AggregationChoice {

  /// The word for it in a job file.
  String type();

  /// The weighted mean.
  record Mean() implements AggregationChoice {

    @Override
    public String type() {
      return "mean";
    }
  }
}
