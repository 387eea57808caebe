package org.wardfl.client.policy;

import java.lang.management.ManagementFactory;
import java.util.List;
import org.wardfl.provisioning.site.OfferedResources;

/// What a machine has, or what of it jobs may use, all together.
///
/// @param gpus CUDA devices by their numbers, in order
/// @param cpuThreads how many threads
/// @param memoryBytes how much memory
public record Machine(List<Integer> gpus, int cpuThreads, long memoryBytes) {

  /// Copies.
  public Machine {
    gpus = List.copyOf(gpus);
  }

  /// This one, as far as this process may use it, with these devices.
  public static Machine here(List<Integer> gpus) {
    long memory =
        ManagementFactory.getOperatingSystemMXBean()
                instanceof com.sun.management.OperatingSystemMXBean system
            ? system.getTotalMemorySize()
            : Long.MAX_VALUE;
    return new Machine(gpus, Runtime.getRuntime().availableProcessors(), memory);
  }

  /// What of it jobs may use by a site's file, which may also promise more threads or memory than
  /// there are.
  Machine offered(OfferedResources offered) {
    return new Machine(
        offered.gpus().among(gpus),
        offered.cpuThreads().orElse(cpuThreads),
        offered.memoryBytes().orElse(memoryBytes));
  }
}
