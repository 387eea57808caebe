package org.wardfl.algo.conformance;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.ClientAlgoFactory;
import org.wardfl.algo.run.Grace;

/// The algorithm that the kit tests, as its author describes it.
///
/// The kit also asks a second JVM with another working directory, where an instance is made by the
/// constructor without parameters: what is returned must depend on nothing but the class. Relative
/// paths are resolved against the first JVM's working directory.
public interface ConformanceSubject {

  /// What makes the algorithm; [ConstructorFactory] where a job names just a class.
  ClientAlgoFactory factory();

  /// The job's `algorithm.args`. Choose small ones: about a hundred trainings are made. Where their
  /// order matters use a [java.util.LinkedHashMap]; that of [java.util.Map#of] changes from JVM to
  /// JVM.
  default Arguments arguments() {
    return Arguments.none();
  }

  /// A small dataset, on which a training takes at least two steps; none by default.
  default AlgoContext.DataBinding data() {
    return new AlgoContext.DataBinding("", Optional.empty(), Arguments.none());
  }

  /// The same dataset without a single sample; without it that test is skipped.
  default Optional<AlgoContext.DataBinding> emptyData() {
    return Optional.empty();
  }

  /// The job's files; an empty folder by default.
  default Optional<Path> jobFolder() {
    return Optional.empty();
  }

  /// A model file to start from; needed where the algorithm cannot make one.
  default Optional<Path> initialModel() {
    return Optional.empty();
  }

  /// Whether training uses random numbers. If so, another seed must give another result; if not, it
  /// must not.
  default boolean drawsInTraining() {
    return true;
  }

  /// Whether an update may lack this tensor, because that part of the model stays at the site.
  default boolean mayOmit(String tensor) {
    return false;
  }

  /// How long the algorithm may take to stop.
  default Grace grace() {
    return Grace.DEFAULT;
  }

  /// Further options of the second JVM, such as where native libraries lie.
  default List<String> jvmOptions() {
    return List.of();
  }
}
