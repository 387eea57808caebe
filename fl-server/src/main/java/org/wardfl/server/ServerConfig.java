package org.wardfl.server;

import java.nio.file.Path;
import org.wardfl.algo.model.Durability;

/// How a coordinator is set up.
///
/// @param data its folder: events, blobs, results
/// @param durability whether what it acknowledges must survive a loss of power
/// @param aggregationThreads platform threads for arithmetic, at least 1
/// @param maxIterations the most optimizer steps that a site may claim in a round, positive
/// @param maxSamples the most samples that a site may claim, positive
/// @param maxJobs how many jobs run at once, at least 1
/// @param epoch the writer's epoch; a higher one shuts out a lower one
public record ServerConfig(
    Path data,
    Durability durability,
    int aggregationThreads,
    long maxIterations,
    long maxSamples,
    int maxJobs,
    long epoch) {

  /// Checks the ranges.
  ///
  /// @throws IllegalArgumentException naming the part
  public ServerConfig {
    if (aggregationThreads < 1 || maxIterations < 1 || maxSamples < 1 || maxJobs < 1) {
      throw new IllegalArgumentException(
          "aggregationThreads "
              + aggregationThreads
              + ", maxIterations "
              + maxIterations
              + ", maxSamples "
              + maxSamples
              + ", maxJobs "
              + maxJobs
              + ": each must be at least 1");
    }
  }

  /// A configuration for simulation: nothing is forced to the disk.
  public static ServerConfig simulation(Path data, int aggregationThreads) {
    return new ServerConfig(
        data,
        Durability.NONE,
        aggregationThreads,
        1_000_000_000L,
        1_000_000_000_000L,
        Integer.MAX_VALUE,
        1);
  }
}
