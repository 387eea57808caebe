package org.wardfl.proto.job;

/// Where a job stands. A job that has ended never changes again.
public enum JobStatus {
  /// Submitted, not yet considered.
  SUBMITTED,
  /// Waiting for something that it says.
  WAITING,
  /// Running.
  RUNNING,
  /// Ended with its last model published.
  COMPLETED,
  /// Ended because somebody asked for it.
  ABORTED,
  /// Ended because it could not go on.
  FAILED;

  /// Whether it has ended.
  public boolean isEnded() {
    return this == COMPLETED || this == ABORTED || this == FAILED;
  }
}
