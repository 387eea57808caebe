package org.wardfl.client.python;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.ClientAlgo;
import org.wardfl.algo.ClientAlgoFactory;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.conformance.ClientAlgoConformance;
import org.wardfl.proto.job.AlgorithmDefinition;

/// The example in Python, asked all that is expected of every algorithm.
final class PythonConformanceTest extends ClientAlgoConformance {

  private static final Path EXAMPLES = Path.of("..", "examples");
  private static final PythonProcesses PROCESSES =
      new PythonProcesses(PythonLimits.DEFAULT, System.err);

  static {
    // The kit's second JVM looks for files that are left when it has ended.
    Runtime.getRuntime().addShutdownHook(new Thread(PROCESSES::close));
  }

  @BeforeAll
  static void needsPython() {
    PythonRun.require("numpy");
  }

  @Override
  public ClientAlgoFactory factory() {
    return new Factory();
  }

  @Override
  public Arguments arguments() {
    var features = new LinkedHashMap<String, Object>();
    features.put("worst_radius", 16L);
    features.put("radius_error", 0.4);
    return new Arguments(Map.of("features", features, "local_epochs", 1L));
  }

  @Override
  public AlgoContext.DataBinding data() {
    return table(EXAMPLES.resolve("breast-cancer/data/site-1.csv"));
  }

  @Override
  public Optional<AlgoContext.DataBinding> emptyData() {
    return Optional.of(table(EXAMPLES.resolve("custom-algorithm/src/test/resources/empty.csv")));
  }

  @Override
  public Optional<Path> jobFolder() {
    return Optional.of(EXAMPLES.resolve("python-algorithm"));
  }

  private static AlgoContext.DataBinding table(Path file) {
    return new AlgoContext.DataBinding(
        "breast-cancer", Optional.of(file), new Arguments(Map.of("label", "malignant")));
  }

  /// Makes the example with the arguments of the kit.
  static final class Factory implements ClientAlgoFactory {

    @Override
    public String id() {
      return AlgorithmDefinition.PYTHON;
    }

    @Override
    public Set<TaskKind> supports() {
      return Set.of(TaskKind.INITIAL, TaskKind.TRAIN, TaskKind.EVALUATE);
    }

    @Override
    public boolean needsOwnProcess() {
      return false;
    }

    @Override
    public void check(Arguments arguments, Arguments dataSettings) {
      // Only Python can tell.
    }

    @Override
    public ClientAlgo create() {
      return new PythonAlgo(
          new AlgorithmDefinition(
              AlgorithmDefinition.PYTHON,
              Optional.empty(),
              Optional.of("logistic_regression:LogisticRegression"),
              Optional.of("."),
              Optional.empty(),
              new PythonConformanceTest().arguments()),
          PythonRun.PYTHON,
          512L << 20,
          TaskKind.TRAIN,
          PROCESSES);
    }
  }
}
