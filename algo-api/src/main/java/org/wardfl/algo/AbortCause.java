package org.wardfl.algo;

/// Why a running task is to stop.
public enum AbortCause {
  /// A person or the server ended the job or the task.
  REQUESTED,
  /// The task's time is over.
  DEADLINE,
  /// The process is going down.
  SHUTDOWN
}
