package org.wardfl.gpu.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.fixture.Npz;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.algo.run.AlgoRunner;
import org.wardfl.algo.run.Grace;
import org.wardfl.algo.run.TaskRequest;
import org.wardfl.algo.run.TaskResult;
import org.wardfl.algo.run.UpdateTransform;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;

/// Three rounds of three sites against MONAI's `MonaiAlgo` and FedAvg by steps.
///
/// Each task runs in a fresh instance that gets its optimizer state from a file, as the platform
/// does it. Tolerance 1e-6 absolute on weights of the order of 1: the same float32 operations in
/// the same order, by another build of torch; 1.2e-7 was seen.
class TinyNetTest {

  private static final Path GOLDEN =
      Path.of(System.getProperty("ward.shared", "../../shared"), "golden", "monai_algo_rounds");
  private static final List<String> SITES = List.of("site-1", "site-2", "site-3");
  private static final String COUNTER = "bn.num_batches_tracked";

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"sgd_momentum_e1", "sgd_full_weights_e1"})
  void threeRoundsEndAtMonaisWeights(String tag) throws Exception {
    assumeThat(GOLDEN).as("reference values").isDirectory();
    var golden = Npz.read(GOLDEN.resolve(tag + ".npz"));
    var names =
        golden.arrays().keySet().stream()
            .filter(key -> key.startsWith("init/"))
            .map(key -> key.substring("init/".length()))
            .toList();
    var global = new LinkedHashMap<String, double[]>();
    names.forEach(name -> global.put(name, golden.array("init/" + name).values().clone()));
    var states = new HashMap<String, Path>();
    double worst = 0;
    for (int round = 0; round < 3; round++) {
      var model = folder.resolve("global-" + round);
      ModelWriter.write(model(names, global, golden), model);
      var sums = new TreeMap<String, double[]>();
      double weight = 0;
      for (var site : SITES) {
        var task = new Task(site, round, model, Optional.ofNullable(states.get(site)));
        var trained = task.run();
        assertThat(trained.stateSaved()).isTrue();
        states.put(site, task.state());
        try (var update = ModelFile.open(task.update())) {
          var weights = update.load();
          long steps = trained.summary().iterations();
          for (var name : names) {
            var local = weights.tensor(name).toDoubles();
            var expected = golden.array("r" + round + "/" + site + "/local/" + name).values();
            worst = Math.max(worst, distance(local, expected));
            var sum = sums.computeIfAbsent(name, _ -> new double[local.length]);
            for (int i = 0; i < sum.length; i++) {
              sum[i] += steps * local[i];
            }
          }
          weight += steps;
        }
      }
      for (var name : names) {
        var sum = Objects.requireNonNull(sums.get(name));
        for (int i = 0; i < sum.length; i++) {
          sum[i] /= weight;
        }
        global.put(name, sum);
        worst =
            Math.max(worst, distance(sum, golden.array("r" + round + "/global/" + name).values()));
      }
    }
    assertThat(worst).isCloseTo(0, within(1e-6));
  }

  /// One TRAIN task of one site.
  private final class Task {
    private final String site;
    private final TaskRequest request;

    Task(String site, int round, Path model, Optional<Path> stateBefore) {
      this.site = site;
      this.request =
          new TaskRequest(
              TaskKind.TRAIN,
              round + 1,
              3,
              0,
              site,
              Optional.of(model),
              WeightType.FULL,
              _ -> false,
              stateBefore,
              folder.resolve("update-" + site + "-" + round),
              folder.resolve("state-" + site + "-" + round),
              UpdateTransform.none(),
              (_, _) -> {});
    }

    TaskResult.Trained run() throws Exception {
      var context =
          new AlgoContext(
              new SiteName(site),
              Arguments.none(),
              new AlgoContext.DataBinding(
                  "golden", Optional.of(GOLDEN.resolve("data_" + site + ".npz")), Arguments.none()),
              folder,
              Files.createTempDirectory(folder, "scratch"),
              List.of(),
              1);
      try (var runner = new AlgoRunner(new TinyNet(), context, Grace.DEFAULT)) {
        var result = runner.run(request);
        assertThat(result).isInstanceOf(TaskResult.Trained.class);
        return (TaskResult.Trained) result;
      }
    }

    Path update() {
      return request.updateOut();
    }

    Path state() {
      return request.stateOut();
    }
  }

  // A site loads the averaged counter into an integer: truncated toward zero.
  private static TensorMap model(List<String> names, Map<String, double[]> values, Npz golden) {
    var model = TensorMap.builder();
    for (var name : names) {
      var shape = golden.array("init/" + name).shape();
      var array = Objects.requireNonNull(values.get(name));
      if (name.equals(COUNTER)) {
        model.add(Tensor.longs(name, new long[] {(long) array[0]}, shape));
      } else {
        var floats = new float[array.length];
        for (int i = 0; i < floats.length; i++) {
          floats[i] = (float) array[i];
        }
        model.add(Tensor.floats(name, floats, shape));
      }
    }
    return model.build();
  }

  private static double distance(double[] found, double[] expected) {
    assertThat(found).hasSameSizeAs(expected);
    double worst = 0;
    for (int i = 0; i < found.length; i++) {
      worst = Math.max(worst, Math.abs(found[i] - expected[i]));
    }
    return worst;
  }
}
