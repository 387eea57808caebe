package org.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.AbortSignal;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.ModelPayload;
import org.wardfl.algo.Seed;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.TaskContext;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.WeightsRequest;
import org.wardfl.algo.fixture.Contexts;
import org.wardfl.algo.run.AlgoRunner;
import org.wardfl.algo.run.Grace;
import org.wardfl.algo.run.TaskRequest;
import org.wardfl.algo.run.TaskResult;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;

class LogisticRegressionTest {

  private static final Path DATA = Path.of("data");

  @TempDir private Path folder;
  private final Map<String, Object> features = new LinkedHashMap<>();

  @BeforeEach
  void chooseFeatures() {
    features.put("worst_radius", 16L);
    features.put("worst_texture", 25L);
    features.put("worst_concave_points", 0.11);
    features.put("worst_smoothness", 0.13);
    features.put("radius_error", 0.4);
  }

  @Test
  void fourHospitalsTogetherFindWhatOneAloneCannot() throws Exception {
    // 113 test rows; calling every patient healthy is right for 71 of them, .628.
    assertThat(accuracyAfter(20, List.of("site-1", "site-2", "site-3", "site-4")))
        .isGreaterThan(0.95);
    assertThat(accuracyAfter(20, List.of("site-1"))).isLessThan(0.9);
  }

  @Test
  void theSameSeedGivesTheSameCoefficients() throws Exception {
    assertThat(trained("site-3", 1)).isEqualTo(trained("site-3", 1));
    assertThat(trained("site-3", 1)).isNotEqualTo(trained("site-3", 2));
  }

  @Test
  void thePlatformGetsTheSameUpdateFileEachTime() throws Exception {
    var context = context(DATA.resolve("site-2.csv"), arguments());
    var initial = Contexts.request(TaskKind.INITIAL, 0, Optional.empty(), WeightType.FULL, folder);
    assertThat(run(context, initial)).isInstanceOf(TaskResult.Initialized.class);
    var model = Optional.of(initial.updateOut());
    var train = Contexts.request(TaskKind.TRAIN, 1, model, WeightType.DIFF, folder);
    var first = run(context, train);
    assertThat(first).isInstanceOf(TaskResult.Trained.class).isEqualTo(run(context, train));
  }

  @Test
  void wrongInputIsRefusedInOneSentence() throws Exception {
    assertThatThrownBy(() -> started("site-1", arguments("momentum", 0.9)))
        .isInstanceOf(AlgoException.Configuration.class)
        .hasMessageContaining("momentum");
    features.put("height", 180L);
    assertThatThrownBy(() -> started("site-1", arguments()))
        .isInstanceOf(AlgoException.SiteData.class)
        .hasMessageContaining("no column `height`");
    features.remove("height");
    var table = folder.resolve("site-9.csv");
    Files.writeString(
        table, Files.readString(DATA.resolve("site-1.csv")).replaceFirst("\n[0-9.]+,", "\n?,"));
    features.put("mean_radius", 14L);
    assertThatThrownBy(() -> new LogisticRegression().initialize(context(table, arguments())))
        .isInstanceOf(AlgoException.SiteData.class)
        .hasMessage("site-9.csv: line 2, column mean_radius: not a number");
  }

  @Test
  void aForeignModelIsRefused() throws Exception {
    var algorithm = started("site-1", arguments());
    assertThatThrownBy(() -> algorithm.train(model(new double[3]), new Task(1, 1)))
        .isInstanceOf(AlgoException.InvalidModel.class)
        .hasMessage("tensor coefficients: F64[3], expected F64[6]");
  }

  private static TaskResult run(AlgoContext context, TaskRequest request) {
    try (var runner = new AlgoRunner(new LogisticRegression(), context, Grace.DEFAULT)) {
      return runner.run(request);
    }
  }

  /// The accuracy of federated averaging, by optimizer steps, over these sites.
  private double accuracyAfter(int rounds, List<String> sites) throws Exception {
    var algorithms = new ArrayList<LogisticRegression>();
    for (var site : sites) {
      algorithms.add(started(site, arguments("local_epochs", 5L)));
    }
    var global = new double[features.size() + 1];
    for (int round = 1; round <= rounds; round++) {
      var sum = new double[global.length];
      double steps = 0;
      for (var algorithm : algorithms) {
        var task = new Task(round, 1);
        long iterations = algorithm.train(model(global), task).iterations();
        var local = coefficients(algorithm, task);
        for (int i = 0; i < sum.length; i++) {
          sum[i] += iterations * local[i];
        }
        steps += iterations;
      }
      for (int i = 0; i < sum.length; i++) {
        global[i] = sum[i] / steps;
      }
    }
    return algorithms
        .getFirst()
        .evaluate(model(global), new Task(rounds, 1))
        .values()
        .get("accuracy");
  }

  private double[] trained(String site, long seed) throws Exception {
    var algorithm = started(site, arguments());
    var task = new Task(1, seed);
    var initial = algorithm.getWeights(new WeightsRequest.Initial(), task);
    algorithm.train(initial, task);
    return coefficients(algorithm, task);
  }

  private static double[] coefficients(LogisticRegression algorithm, Task task) throws Exception {
    var request = new WeightsRequest.Current(WeightType.FULL);
    return ((TensorMap) algorithm.getWeights(request, task).weights())
        .tensor("coefficients")
        .toDoubles();
  }

  private static ModelPayload model(double[] coefficients) {
    return new ModelPayload(
        TensorMap.of(Tensor.doubles("coefficients", coefficients, coefficients.length)),
        WeightType.FULL);
  }

  private LogisticRegression started(String site, Arguments arguments) throws Exception {
    var algorithm = new LogisticRegression();
    algorithm.initialize(context(DATA.resolve(site + ".csv"), arguments));
    return algorithm;
  }

  private AlgoContext context(Path table, Arguments arguments) {
    var settings = new Arguments(Map.of("label", "malignant"));
    return new AlgoContext(
        new SiteName("site"),
        arguments,
        new AlgoContext.DataBinding("breast-cancer", Optional.of(table), settings),
        folder,
        folder,
        List.of(),
        1);
  }

  private Arguments arguments(Object... namesAndValues) {
    var values = new LinkedHashMap<String, Object>();
    values.put("features", features);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      values.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return new Arguments(values);
  }

  /// A task that nobody aborts.
  private record Task(int round, long jobSeed) implements TaskContext {
    @Override
    public int totalRounds() {
      return round;
    }

    @Override
    public long seed(String purpose) {
      return Seed.derive(jobSeed, round, "site", purpose);
    }

    @Override
    public AbortSignal abort() {
      return Optional::empty;
    }

    @Override
    public void progress(double fraction, String note) {}
  }
}
