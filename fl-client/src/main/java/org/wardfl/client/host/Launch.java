package org.wardfl.client.host;

import java.util.List;
import java.util.Optional;
import org.wardfl.client.sandbox.Enclosure;

/// What a job's process is started with; a later task uses it again only if it needs the same.
///
/// @param memoryBytes the largest heap
/// @param gpus the CUDA devices that it sees, by their numbers on this machine
/// @param enclosure the sandbox that it runs in; empty if it is not confined
record Launch(long memoryBytes, List<Integer> gpus, Optional<Enclosure> enclosure) {

  Launch {
    gpus = List.copyOf(gpus);
  }

  static Launch of(HostedTask task) {
    long memory = task.job().resources().memoryBytes();
    return new Launch(
        memory,
        task.gpus(),
        task.limits()
            .confinement()
            .map(confinement ->
                new Enclosure(
                    task.jobFolder(),
                    task.dataset(),
                    task.python(),
                    task.gpus(),
                    memory,
                    confinement.scratchBytes(),
                    confinement.processes())));
  }
}
