package org.wardfl.proto.job;

/// Where a job's first model comes from.
public sealed interface InitialModel {

  /// A site's algorithm makes it from the job's seed.
  record Random() implements InitialModel {}

  /// A model file of the job.
  ///
  /// @param path relative to the job folder
  record FromFile(String path) implements InitialModel {}
}
