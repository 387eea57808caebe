package org.wardfl.client.sandbox;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What one sandbox is made for; what it does not name cannot be seen in it.
///
/// @param jobFolder the job's files, to be read
/// @param dataset the job's dataset, to be read
/// @param python the site's Python, to be run
/// @param gpus the CUDA devices that can be used
/// @param memoryBytes of all its processes together
/// @param scratchBytes of all its files together
/// @param processes how many, threads too
public record Enclosure(
    Path jobFolder,
    Optional<Path> dataset,
    Optional<Path> python,
    List<Integer> gpus,
    long memoryBytes,
    long scratchBytes,
    int processes) {

  /// Copies.
  public Enclosure {
    gpus = List.copyOf(gpus);
  }
}
