package org.wardfl.algo;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// What an algorithm knows for the whole of its life.
///
/// @param site where it runs
/// @param arguments the job's `algorithm.args`
/// @param data the dataset that the job names, as the site declares it, and the job's `data`
///   settings
/// @param jobFolder the job's files, read-only
/// @param scratch a folder of its own, deleted afterwards. It is empty, but where the site keeps
///   sample pictures of the task: then it has an empty folder `samples` for them
/// @param gpus CUDA device ordinals it may use, as seen by this process; empty means CPU
/// @param cpuThreads threads that numeric libraries may use, at least 1
/// @param siteSettings what the site sets for this algorithm, whatever the job says; none for most
public record AlgoContext(
    SiteName site,
    Arguments arguments,
    DataBinding data,
    Path jobFolder,
    Path scratch,
    List<Integer> gpus,
    int cpuThreads,
    Arguments siteSettings) {

  /// Checks and copies.
  ///
  /// @throws IllegalArgumentException if there is not at least one thread
  public AlgoContext {
    Objects.requireNonNull(site, "site");
    Objects.requireNonNull(arguments, "arguments");
    Objects.requireNonNull(data, "data");
    Objects.requireNonNull(jobFolder, "jobFolder");
    Objects.requireNonNull(scratch, "scratch");
    Objects.requireNonNull(siteSettings, "siteSettings");
    gpus = List.copyOf(gpus);
    if (cpuThreads < 1) {
      throw new IllegalArgumentException("cpuThreads " + cpuThreads + ", expected at least 1");
    }
  }

  /// Where the site sets nothing of its own.
  ///
  /// @throws IllegalArgumentException if there is not at least one thread
  public AlgoContext(
      SiteName site,
      Arguments arguments,
      DataBinding data,
      Path jobFolder,
      Path scratch,
      List<Integer> gpus,
      int cpuThreads) {
    this(site, arguments, data, jobFolder, scratch, gpus, cpuThreads, Arguments.none());
  }

  /// A dataset bound to this site.
  ///
  /// @param dataset the name that the job uses; empty for a job without data
  /// @param location the file or folder where this site keeps it; empty for a job without data
  /// @param settings the other keys of the job's `data` (format, label, evaluate, ...)
  public record DataBinding(String dataset, Optional<Path> location, Arguments settings) {}
}
