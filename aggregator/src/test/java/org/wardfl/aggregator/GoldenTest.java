package org.wardfl.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.fixture.Npz;
import org.wardfl.algo.model.Durability;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;

/// Against values that NVIDIA FLARE's helper and MONAI's client algorithm computed.
///
/// Tolerance: FLARE adds float32 arrays in float32, we add in float64 and round once, so the
/// results differ by a few units in the last place of the largest term: 1e-6 relative to values of
/// the order of 1. F64 tensors agree to 1e-12. Counters are integers here and floats there; they
/// are compared after truncation, which is what MONAI's sites load.
class GoldenTest {

  private static final Path GOLDEN =
      Path.of(System.getProperty("ward.shared", "../../shared"), "golden");
  private static final Map<String, Double> STEPS =
      Map.of("site-1", 10.0, "site-2", 37.0, "site-3", 4.0, "site-4", 125.0);
  private static final List<String> KEYS =
      List.of("w", "b", "running_var", "num_batches_tracked", "d");

  private static ExecutorService pool;

  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    pool = Executors.newFixedThreadPool(2);
  }

  @AfterAll
  static void close() {
    pool.shutdown();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "by_steps",
        "by_steps_torch",
        "agg_weights",
        "exclude_bn",
        "not_by_iter",
        "partial_keys"
      })
  void flaresHelperAgrees(String name) throws Exception {
    var npz = golden("fedavg/fedavg.npz");
    Map<String, Double> factors =
        name.equals("agg_weights")
            ? Map.of("site-1", 0.5, "site-2", 2.0, "site-4", 0.25)
            : Map.of();
    Set<String> dropped =
        name.equals("partial_keys") ? Set.of("site-3/b", "site-2/b", "site-4/w") : Set.of();
    var contributions = new ArrayList<Contribution.Plain>();
    for (var site : STEPS.keySet()) {
      double weight = STEPS.get(site) * factors.getOrDefault(site, 1.0);
      var map = TensorMap.builder();
      for (var key : KEYS) {
        if (!dropped.contains(site + "/" + key)) {
          var array = npz.array("in/" + site + "/" + key);
          // FLARE's mode for encrypted sums takes contributions that are multiplied by their steps
          // already; ours never are.
          map.add(
              name.equals("not_by_iter")
                  ? tensor(key, divided(array, STEPS.get(site)))
                  : tensor(key, array));
        }
      }
      contributions.add(new Contribution.Plain(new SiteName(site), map.build(), weight));
    }
    var zero = TensorMap.builder();
    for (var key : KEYS) {
      var array = npz.array("in/site-1/" + key);
      var type = name.equals("not_by_iter") && array.type().equals("<i8") ? "<f8" : array.type();
      zero.add(tensor(key, new Npz.Array(type, array.shape(), new double[array.values().length])));
    }
    var exclude =
        name.equals("exclude_bn")
            ? List.of(Pattern.compile("running_|num_batches"))
            : List.<Pattern>of();
    var plan = new AggregationPlan(new FedAvg(), WeightType.DIFF, CounterPolicy.MEAN, exclude);
    var result =
        new Aggregation(plan, pool, 2, 3)
            .write(zero.build(), contributions, folder.resolve("m"), Durability.PROCESS);
    assertThat(result).isInstanceOf(AggregationResult.Aggregated.class);
    var aggregated = (AggregationResult.Aggregated) result;
    assertThat(aggregated.keysAggregated()).isEqualTo(name.equals("exclude_bn") ? 3 : 5);
    assertThat(aggregated.keysPartial()).isEqualTo(name.equals("partial_keys") ? 2 : 0);
    try (var model = ModelFile.open(folder.resolve("m"))) {
      var loaded = model.load();
      for (var key : KEYS) {
        if (npz.arrays().containsKey("out/" + name + "/" + key)) {
          compare(loaded.tensor(key), npz.array("out/" + name + "/" + key));
        } else {
          assertThat(loaded.tensor(key).toDoubles()).as(key + " is excluded").containsOnly(0);
        }
      }
    }
  }

  @Test
  void threeRoundsOfMonaisDifferencesGiveItsGlobalModels() throws Exception {
    rounds("sgd_momentum_e1", WeightType.DIFF, "diff");
  }

  @Test
  void threeRoundsOfMonaisFullWeightsGiveItsGlobalModels() throws Exception {
    rounds("sgd_full_weights_e1", WeightType.FULL, "weights");
  }

  private void rounds(String tag, WeightType type, String kind) throws Exception {
    var npz = golden("monai_algo_rounds/" + tag + ".npz");
    var steps = Map.of("site-1", 3.0, "site-2", 5.0, "site-3", 2.0);
    TensorMap global = map(npz, "init/", Set.of());
    for (int round = 0; round < 3; round++) {
      var contributions = new ArrayList<Contribution.Plain>();
      for (var site : steps.keySet()) {
        // What the site's own counter did: MONAI's difference is to the float that the site
        // truncated when it loaded it.
        var local = "r" + round + "/" + site + "/";
        var counter = npz.array(local + "local/bn.num_batches_tracked").values()[0];
        double start = global.tensor("bn.num_batches_tracked").toLongs()[0];
        var builder = TensorMap.builder();
        var others = map(npz, local + kind + "/", Set.of("bn.num_batches_tracked"));
        for (var spec : others.specs()) {
          builder.add(others.tensor(spec.name()));
        }
        builder.add(
            Tensor.longs(
                "bn.num_batches_tracked",
                new long[] {(long) (type == WeightType.DIFF ? counter - start : counter)}));
        contributions.add(
            new Contribution.Plain(new SiteName(site), builder.build(), steps.get(site)));
      }
      var plan = new AggregationPlan(new FedAvg(), type, CounterPolicy.MEAN, List.of());
      var file = folder.resolve(tag + round);
      assertThat(
              new Aggregation(plan, pool, 2).write(global, contributions, file, Durability.PROCESS))
          .isInstanceOf(AggregationResult.Aggregated.class);
      try (var model = ModelFile.open(file)) {
        global = model.load();
      }
      for (var spec : global.specs()) {
        compare(global.tensor(spec.name()), npz.array("r" + round + "/global/" + spec.name()));
      }
    }
  }

  private static TensorMap map(Npz npz, String prefix, Set<String> without) {
    var builder = TensorMap.builder();
    var names = new HashSet<>(npz.arrays().keySet());
    names.removeIf(
        name -> !name.startsWith(prefix) || without.contains(name.substring(prefix.length())));
    names.stream()
        .sorted()
        .forEach(name -> builder.add(tensor(name.substring(prefix.length()), npz.array(name))));
    return builder.build();
  }

  private static Npz.Array divided(Npz.Array array, double steps) {
    var values = java.util.Arrays.stream(array.values()).map(value -> value / steps).toArray();
    return new Npz.Array(array.type().equals("<i8") ? "<f8" : array.type(), array.shape(), values);
  }

  private static Tensor tensor(String name, Npz.Array array) {
    int count = array.values().length;
    if (array.type().equals("<f4")) {
      var floats = new float[count];
      for (int i = 0; i < count; i++) {
        floats[i] = (float) array.values()[i];
      }
      return Tensor.floats(name, floats, array.shape());
    }
    if (array.type().equals("<f8")) {
      return Tensor.doubles(name, array.values(), array.shape());
    }
    var longs = new long[count];
    for (int i = 0; i < count; i++) {
      longs[i] = (long) array.values()[i];
    }
    return Tensor.longs(name, longs, array.shape());
  }

  private static void compare(Tensor found, Npz.Array expected) {
    var values = found.toDoubles();
    for (int i = 0; i < values.length; i++) {
      double wanted = expected.values()[i];
      switch (found.spec().dtype()) {
        case I64 -> assertThat(values[i]).as(found.toString()).isEqualTo((double) (long) wanted);
        case F64 ->
            assertThat(values[i])
                .as(found.toString())
                .isCloseTo(wanted, Offset.offset(1e-12 * (1 + Math.abs(wanted))));
        default ->
            assertThat(values[i])
                .as(found.toString())
                .isCloseTo(wanted, Offset.offset(1e-6 * (1 + Math.abs(wanted))));
      }
    }
  }

  private static Npz golden(String name) throws IOException {
    var file = GOLDEN.resolve(name);
    assumeThat(Files.exists(file)).as("reference values at " + file.toAbsolutePath()).isTrue();
    return Npz.read(file);
  }
}
