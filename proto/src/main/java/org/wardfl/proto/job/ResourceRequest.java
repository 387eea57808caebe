package org.wardfl.proto.job;

/// What a job process needs at a site.
///
/// @param gpus CUDA devices, 0 for none
/// @param cpuThreads threads for numeric libraries, at least 1; part of what makes a result
///   repeatable
/// @param memoryBytes the heap and native memory it may use, at least 64 MiB
public record ResourceRequest(int gpus, int cpuThreads, long memoryBytes) {

  /// Checks the ranges.
  ///
  /// @throws IllegalArgumentException naming the key
  public ResourceRequest {
    if (gpus < 0 || gpus > 1024) {
      throw new IllegalArgumentException("resources.gpus: found " + gpus + ", expected 0 to 1024");
    }
    if (cpuThreads < 1 || cpuThreads > 4096) {
      throw new IllegalArgumentException(
          "resources.cpu_threads: found " + cpuThreads + ", expected 1 to 4096");
    }
    if (memoryBytes < 64L << 20) {
      throw new IllegalArgumentException(
          "resources.memory: found " + memoryBytes + " bytes, expected at least 64MiB");
    }
  }
}
