package org.wardfl.algo;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.wardfl.algo.method.MethodNeed;
import org.wardfl.algo.statistics.StatisticsRequest;

/// Makes instances of one kind of algorithm; found by [java.util.ServiceLoader].
public interface ClientAlgoFactory {

  /// The word for it in a job's `algorithm.type`, such as `torch-tabular`.
  String id();

  /// The kinds of task that its algorithms offer; a job that needs another kind is refused at
  /// submission.
  Set<TaskKind> supports();

  /// Whether instances need a process of their own because they use native or process-wide state
  /// (torch does).
  boolean needsOwnProcess();

  /// Checks the job's arguments without touching data or native code, so that a wrong one is
  /// refused at submission.
  ///
  /// @throws AlgoException.Configuration naming the argument, what was found and what was expected
  void check(Arguments arguments, Arguments dataSettings) throws AlgoException.Configuration;

  /// The same, and also the job's files that the arguments name.
  ///
  /// @param jobFolder the job's files
  /// @throws AlgoException.Configuration naming the argument, what was found and what was expected
  default void check(Path jobFolder, Arguments arguments, Arguments dataSettings)
      throws AlgoException.Configuration {
    check(arguments, dataSettings);
  }

  /// Checks, without touching data, that sites can tell such statistics.
  ///
  /// @param request everything but histograms
  /// @throws AlgoException.Configuration naming the key, what was found and what was expected
  default void check(StatisticsRequest request, Arguments dataSettings)
      throws AlgoException.Configuration {
    // Most find classes in their data.
  }

  /// What the federated method that the arguments ask for needs of the job's workflows; by default
  /// nothing.
  ///
  /// @param arguments that have passed [#check(Arguments, Arguments)]
  /// @throws AlgoException.Configuration naming the argument, what was found and what was expected
  default Optional<MethodNeed> need(Arguments arguments) throws AlgoException.Configuration {
    return Optional.empty();
  }

  /// A new instance.
  ClientAlgo create();
}
