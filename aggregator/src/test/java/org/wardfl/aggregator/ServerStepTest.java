package org.wardfl.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardfl.aggregator.ServerOptimizer.Method;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.model.Durability;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.algo.tensor.DType;
import org.wardfl.algo.tensor.Role;
import org.wardfl.algo.tensor.Shape;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.algo.tensor.TensorSpec;

class ServerStepTest {

  private static final TensorSpec MEAN =
      new TensorSpec("running_mean", DType.F32, Shape.of(2), Role.BUFFER);

  private static ExecutorService pool;

  @TempDir private Path folder;
  private int files;

  @BeforeAll
  static void open() {
    pool = Executors.newFixedThreadPool(2);
  }

  @AfterAll
  static void close() {
    pool.shutdown();
  }

  /// By hand, with learning rate .1, beta1 .9, beta2 .99, tau .001, from w = 1 by d = .5, then by d
  /// = -.25.
  ///
  /// FEDAVGM: m = .5, then .9 * .5 - .25 = .2. The others: m = .05, then .9 * .05 - .025 = .02, and
  /// v begins with 1e-6: FEDADAGRAD .250001 and .312501; FEDADAM .00250099 and .0031009801; FEDYOGI
  /// .002501 and .003126, as d * d stays the larger. The tolerance is that of a float near 1.
  @ParameterizedTest
  @CsvSource({
    "FEDAVGM, 1.050000000, 1.070000000",
    "FEDADAGRAD, 1.009980020, 1.013551334",
    "FEDADAM, 1.098020190, 1.133301994",
    "FEDYOGI, 1.098019998, 1.133162810"
  })
  void twoStepsComeToWhatTheFormulaSays(Method method, float first, float second) throws Exception {
    var optimizer = new ServerOptimizer(method, 0.1, 0.9, 0.99, 1e-3);
    var one = step(optimizer, model(1, 0), Optional.empty(), update(0.5f, 0));
    var two = step(optimizer, load(one.model()), Optional.of(one.memory()), update(-0.25f, 0));
    assertThat(load(one.model()).tensor("w").toFloats()[0]).isCloseTo(first, within(2e-7f));
    assertThat(load(two.model()).tensor("w").toFloats()[0]).isCloseTo(second, within(4e-7f));
  }

  @Test
  void buffersAndCountersAreAveragedNotStepped() throws Exception {
    var optimizer = new ServerOptimizer(Method.FEDADAM, 10, 0.9, 0.99, 1e-3);
    var done = step(optimizer, model(1, 100), Optional.empty(), update(0.5f, 6));
    var model = load(done.model());
    assertThat(model.tensor("running_mean").toFloats()).containsExactly(2.5f, 3.5f);
    assertThat(model.tensor("n").toLongs()).containsExactly(106);
    assertThat(load(done.memory()).specs())
        .extracting(TensorSpec::name)
        .containsExactly("m/w", "v/w");
  }

  @Test
  void excludedTensorsStayAsTheyAre() throws Exception {
    var optimizer = new ServerOptimizer(Method.FEDAVGM, 1, 0.9, 0, 1);
    var exclude = List.of(Pattern.compile("^w$"));
    var update = List.of(new Contribution.Plain(new SiteName("a"), update(0.5f, 0), 2));
    var done = step(optimizer, exclude, 64, model(1, 0), Optional.empty(), update);
    assertThat(load(done.model()).tensor("w").toFloats()[0]).isEqualTo(1);
  }

  @Test
  void rateOneWithoutMomentumIsFederatedAveragingBitForBit() throws Exception {
    var random = new Random(5);
    var base = noise(random);
    var contributions =
        List.of(
            new Contribution.Plain(new SiteName("a"), noise(random), 3),
            new Contribution.Plain(new SiteName("b"), noise(random), 7));
    var averaged =
        (AggregationResult.Aggregated)
            new Aggregation(AggregationPlan.fedAvg(), pool, 2)
                .write(base, contributions, file(), Durability.PROCESS);
    var plain = new ServerOptimizer(Method.FEDAVGM, 1, 0, 0, 1);
    var stepped = step(plain, List.of(), 100, base, Optional.empty(), contributions);
    assertThat(stepped.hash()).isEqualTo(averaged.model());
    assertThat(stepped.memory()).doesNotExist();
  }

  @Test
  void theBytesDoNotDependOnTheSizeOfABlock() throws Exception {
    var random = new Random(6);
    var base = noise(random);
    var contributions = List.of(new Contribution.Plain(new SiteName("a"), noise(random), 3));
    var optimizer = new ServerOptimizer(Method.FEDYOGI, 0.1, 0.9, 0.99, 1e-3);
    var one = step(optimizer, List.of(), 1 << 16, base, Optional.empty(), contributions);
    var two = step(optimizer, List.of(), 37, base, Optional.empty(), contributions);
    assertThat(two.hash()).isEqualTo(one.hash());
    var next = step(optimizer, List.of(), 37, base, Optional.of(one.memory()), contributions);
    var again = step(optimizer, List.of(), 999, base, Optional.of(two.memory()), contributions);
    assertThat(again.hash()).isEqualTo(next.hash()).isNotEqualTo(one.hash());
  }

  @Test
  void theMemoryOfAnotherModelIsRefused() throws Exception {
    var optimizer = new ServerOptimizer(Method.FEDADAM, 0.1, 0.9, 0.99, 1e-3);
    var done = step(optimizer, model(1, 0), Optional.empty(), update(0.5f, 0));
    var random = new Random(7);
    var other = List.of(new Contribution.Plain(new SiteName("a"), noise(random), 3));
    var base = noise(random);
    assertThatThrownBy(
            () -> step(optimizer, List.of(), 64, base, Optional.of(done.memory()), other))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the optimizer's state is of another model");
  }

  @Test
  void differencesOfFullWeightsAreRefused() {
    assertThatThrownBy(() ->
            new AggregationPlan(new FedAvg(), WeightType.FULL, CounterPolicy.MEAN, List.of(), true))
        .hasMessage("a server optimizer needs differences, found FULL");
  }

  private record Done(ModelHash hash, Path model, Path memory) {}

  private Done step(
      ServerOptimizer optimizer, TensorMap base, Optional<Path> memory, TensorMap update)
      throws Exception {
    var contributions = List.of(new Contribution.Plain(new SiteName("a"), update, 2));
    return step(optimizer, List.of(), 64, base, memory, contributions);
  }

  private Done step(
      ServerOptimizer optimizer,
      List<Pattern> exclude,
      int blockElements,
      TensorMap base,
      Optional<Path> memory,
      List<Contribution.Plain> contributions)
      throws Exception {
    var plan =
        new AggregationPlan(new FedAvg(), WeightType.DIFF, CounterPolicy.MEAN, exclude, true);
    var combined = file();
    new Aggregation(plan, pool, 2, blockElements)
        .write(base, contributions, combined, Durability.PROCESS);
    var model = file();
    var remembered = file();
    try (var differences = ModelFile.open(combined)) {
      var step = new ServerStep(optimizer, exclude, blockElements);
      if (memory.isEmpty()) {
        var stepped =
            step.write(base, differences, Optional.empty(), model, remembered, Durability.PROCESS);
        return new Done(stepped.model(), model, remembered);
      }
      try (var before = ModelFile.open(memory.get())) {
        var stepped =
            step.write(
                base, differences, Optional.of(before), model, remembered, Durability.PROCESS);
        return new Done(stepped.model(), model, remembered);
      }
    }
  }

  private Path file() {
    files++;
    return folder.resolve("file-" + files);
  }

  private static TensorMap load(Path file) throws Exception {
    try (var model = ModelFile.open(file)) {
      return model.load();
    }
  }

  private static TensorMap model(float w, long n) {
    return TensorMap.of(
        Tensor.floats("w", new float[] {w}, 1),
        Tensor.floats(MEAN, new float[] {2, 3}),
        Tensor.longs("n", new long[] {n}));
  }

  private static TensorMap update(float w, long n) {
    return TensorMap.of(
        Tensor.floats("w", new float[] {w}, 1),
        Tensor.floats(MEAN, new float[] {0.5f, 0.5f}),
        Tensor.longs("n", new long[] {n}));
  }

  private static TensorMap noise(Random random) {
    var floats = new float[1234];
    var doubles = new double[77];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) random.nextGaussian();
    }
    for (int i = 0; i < doubles.length; i++) {
      doubles[i] = random.nextGaussian();
    }
    return TensorMap.of(
        Tensor.floats("conv", floats, 2, 617),
        Tensor.doubles("d", doubles, 77),
        Tensor.longs("n", new long[] {random.nextInt(1000)}));
  }
}
