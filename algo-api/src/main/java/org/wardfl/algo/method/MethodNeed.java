package org.wardfl.algo.method;

/// What a federated method needs of every workflow that trains by it. A job without it is refused
/// when it is read, as the method would be another one without a word.
///
/// @param method as the job's arguments name it, such as `method: fednova`
/// @param combining how the updates of a round have to become one
public record MethodNeed(String method, Combining combining) {

  /// How the updates of a round become one.
  public enum Combining {
    /// By their weighted mean as they are: no robust rule, no clipping, no going around.
    MEAN,
    /// By the mean of updates that are divided by how much a site's steps add up to: the workflow's
    /// `weights: normalized`.
    NORMALIZED
  }
}
