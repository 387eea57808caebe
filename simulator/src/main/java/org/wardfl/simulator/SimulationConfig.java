package org.wardfl.simulator;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.wardfl.server.result.RunRecord;

/// How a simulation is set up.
///
/// @param job the job folder
/// @param sites which sites there are
/// @param data the folder with each site's data; empty means `data` in the job folder
/// @param threads how many sites work at once, at least 1
/// @param workspace where the run gets a folder of its own
/// @param seed replaces the job's own seed, if given
/// @param gpus CUDA devices, each used by one task at a time
/// @param processes how job processes are started
/// @param environment what `run.json` says about this machine
public record SimulationConfig(
    Path job,
    Sites sites,
    Optional<Path> data,
    int threads,
    Path workspace,
    OptionalLong seed,
    List<Integer> gpus,
    Processes processes,
    RunRecord.Environment environment) {

  /// Copies and checks.
  ///
  /// @throws IllegalArgumentException if there are fewer than 1 threads
  public SimulationConfig {
    gpus = List.copyOf(gpus);
    if (threads < 1) {
      throw new IllegalArgumentException("threads: found " + threads + ", expected at least 1");
    }
  }

  /// Which sites a simulation has.
  public sealed interface Sites {

    /// Those that the job names; else those that have data; else it is an error.
    record FromJob() implements Sites {}

    /// `site-1` to `site-N`.
    ///
    /// @param count N, at least 1
    record Count(int count) implements Sites {}

    /// These.
    ///
    /// @param names their names, in any order
    record Named(List<String> names) implements Sites {

      /// Copies.
      public Named {
        names = List.copyOf(names);
      }
    }
  }

  /// How job processes are started.
  ///
  /// @param java the executable
  /// @param classPath what they run
  /// @param options further options of their JVM
  /// @param always whether algorithms that could share this process get their own too, as at a
  ///   hospital
  /// @param python the Python of every site, a path or a name to be found on PATH
  public record Processes(
      Path java, String classPath, List<String> options, boolean always, Path python) {

    /// Copies.
    public Processes {
      options = List.copyOf(options);
    }

    /// With the `python3` that is found on PATH.
    public Processes(Path java, String classPath, List<String> options, boolean always) {
      this(java, classPath, options, always, Path.of("python3"));
    }
  }
}
