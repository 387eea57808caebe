package org.wardfl.algo;

/// The part of an algorithm's life that has nothing to do with models (MONAI `BaseClient`).
///
/// The platform calls [#initialize] once before anything else and [#shutdown] once at the end, on
/// the thread that also runs the tasks; only [#abort] may come from another thread.
public abstract class BaseClient {

  /// For subclasses.
  protected BaseClient() {}

  /// Makes the algorithm ready: reads its arguments, opens its data. By default does nothing.
  ///
  /// @throws AlgoException if it cannot run here; no task follows
  /// @throws InterruptedException if it was told to stop
  public void initialize(AlgoContext context) throws AlgoException, InterruptedException {}

  /// Asks a running call to stop soon; returns within a second and may be called more than once. By
  /// default does nothing, as an algorithm that asks [TaskContext#abort] once a batch needs no
  /// more.
  ///
  /// An aborted algorithm is thrown away by the platform, never used again.
  public void abort(AbortCause cause) {}

  /// Releases what the algorithm holds. Called exactly once if [#initialize] was called, also after
  /// a failure or an abort that ended in time. By default does nothing. (MONAI calls it `finalize`,
  /// which in Java is taken.)
  public void shutdown() throws AlgoException {}
}
