package org.wardfl.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.model.Durability;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.algo.tensor.DType;
import org.wardfl.algo.tensor.Role;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.algo.tensor.TensorSpec;

class RobustRulesTest {

  private static ExecutorService pool;

  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    pool = Executors.newFixedThreadPool(4);
  }

  @AfterAll
  static void close() {
    pool.shutdown();
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5, 8, 11, 20})
  void medianAndTrimmedMeanAreThoseOfSortedValues(int sites) throws Exception {
    var random = new Random(sites);
    var updates = updates(random, sites, 3000);
    var base = zeros(3000);
    write(new CoordinateMedian(1), base, updates);
    var median = floats();
    write(new TrimmedMean(1), base, updates);
    var trimmed = floats();
    for (int i = 0; i < 3000; i++) {
      var values = new double[sites];
      for (int site = 0; site < sites; site++) {
        values[site] = value(updates, site, i);
      }
      Arrays.sort(values);
      double middle = (values[(sites - 1) / 2] + values[sites / 2]) / 2;
      assertThat(median[i]).isEqualTo((float) middle);
      double sum = 0;
      for (int rank = 1; rank < sites - 1; rank++) {
        sum += values[rank];
      }
      assertThat(trimmed[i]).isEqualTo((float) (sum / (sites - 2)));
    }
  }

  @Test
  void theBytesDependNeitherOnArrivalNorBlocksNorThreads() throws Exception {
    var random = new Random(1);
    var base = mixed(random);
    var updates = new ArrayList<Contribution.Plain>();
    for (int site = 0; site < 9; site++) {
      updates.add(contribution("s" + site, mixed(random), 1 + random.nextInt(50)));
    }
    for (var rule :
        List.of(
            new CoordinateMedian(2),
            new TrimmedMean(2),
            new Krum(2, 1),
            new Krum(2, 0),
            new GeometricMedian(2))) {
      ModelHash expected = null;
      for (int attempt = 0; attempt < 8; attempt++) {
        Collections.shuffle(updates, random);
        var result = aggregate(rule, base, updates, 1 + attempt % 4, 1 + random.nextInt(5000));
        expected = expected == null ? result.model() : expected;
        assertThat(result.model()).as("%s, attempt %d", rule, attempt).isEqualTo(expected);
      }
    }
  }

  @Test
  void krumTakesTheUpdateThatLiesClosestToTheOthers() throws Exception {
    // n = 5, b = 1: the two nearest count. 0 and 9 are far from all.
    var updates = line(0, 4, 5, 7, 9);
    var result = write(new Krum(1, 1), zeros(1), updates);
    // Scores: 0: 16+25, 4: 1+9, 5: 1+4, 7: 4+4, 9: 4+16.
    assertThat(floats()).containsExactly(5);
    assertThat(result.contributors()).containsExactly(new SiteName("s2"));
    write(new Krum(1, 3), zeros(1), updates);
    assertThat(floats()[0]).isCloseTo((4 + 5 + 7) / 3f, within(1e-6f));
    write(new Krum(1, 0), zeros(1), updates);
    assertThat(floats()).containsExactly((4 + 5 + 7 + 9) / 4f);
  }

  @Test
  void equalScoresGoInTheOrderOfNames() throws Exception {
    var result = write(new Krum(1, 1), zeros(1), line(3, 3, 3, 3, 3));
    assertThat(result.contributors()).containsExactly(new SiteName("s0"));
  }

  @Test
  void theGeometricMedianIsWhereTheDirectionsCancelOut() throws Exception {
    // On a line it is the median.
    write(new GeometricMedian(1), zeros(1), line(0, 1, 5, 100, 200));
    assertThat(floats()[0]).isCloseTo(5, within(1e-3f));
    var random = new Random(5);
    var updates = updates(random, 9, 40);
    write(new GeometricMedian(1), zeros(40), updates);
    var found = floats();
    var directions = new double[40];
    for (int site = 0; site < 9; site++) {
      double square = 0;
      for (int i = 0; i < 40; i++) {
        square += Math.pow(value(updates, site, i) - found[i], 2);
      }
      for (int i = 0; i < 40; i++) {
        directions[i] += (value(updates, site, i) - found[i]) / Math.sqrt(square);
      }
    }
    for (double direction : directions) {
      assertThat(direction).isCloseTo(0, within(1e-4));
    }
  }

  @Test
  void anUpdateBeyondAllMeasureMovesNobody() throws Exception {
    for (double far : new double[] {1e3, 1e8, 1e30, 1e38}) {
      for (var rule :
          List.of(
              new CoordinateMedian(1),
              new TrimmedMean(1),
              new Krum(1, 0),
              new GeometricMedian(1))) {
        write(rule, zeros(1), line(1, 1.1f, 0.9f, 1.2f, (float) -far));
        assertThat((double) floats()[0]).as("%s, %s", rule, far).isBetween(0.8, 1.2);
      }
      write(new FedAvg(), zeros(1), line(1, 1.1f, 0.9f, 1.2f, (float) -far));
      assertThat((double) floats()[0]).isLessThan(-10);
    }
  }

  @Test
  void whatTheJobExcludesDoesNotCountInAnyDistance() throws Exception {
    // The bad update's head lies in the middle of heads that are far apart.
    float[] shared = {0.9f, 1, 1.1f, 1.2f, -50};
    float[] heads = {-200, 0, 200, 400, 100};
    var updates = new ArrayList<Contribution.Plain>();
    for (int i = 0; i < shared.length; i++) {
      updates.add(
          contribution(
              "s" + i,
              TensorMap.of(
                  Tensor.floats("w", new float[] {shared[i]}, 1),
                  Tensor.floats("head", new float[] {heads[i]}, 1)),
              1));
    }
    var base =
        TensorMap.of(Tensor.floats("w", new float[1], 1), Tensor.floats("head", new float[1], 1));
    for (var rule : List.of(new Krum(1, 1), new Krum(1, 0), new GeometricMedian(1))) {
      write(rule, zeros(1), line(shared));
      float without = floats()[0];
      assertThat((double) without).as("%s", rule).isBetween(0.9, 1.2);
      var plan =
          new AggregationPlan(
              rule, WeightType.DIFF, CounterPolicy.MEAN, List.of(Pattern.compile("^head")));
      new Aggregation(plan, pool, 2).write(base, updates, folder.resolve("m"), Durability.PROCESS);
      assertThat(floats()).as("%s", rule).containsExactly(without);
    }
  }

  @Test
  void moreSitesThanAGroupHaveTheSameDistances() throws Exception {
    var random = new Random(8);
    int sites = 2 * UpdateDistances.GROUP + 5;
    var updates = updates(random, sites, 70);
    var found =
        UpdateDistances.squared(zeros(70), AggregationPlan.fedAvg(), updates, new Workers(pool, 3));
    for (int i = 0; i < sites; i++) {
      for (int j = 0; j < sites; j++) {
        double square = 0;
        for (int k = 0; k < 70; k++) {
          square += Math.pow((double) value(updates, i, k) - value(updates, j, k), 2);
        }
        assertThat(found[i][j]).isCloseTo(square, within(1e-9 * (1 + square)));
      }
    }
  }

  @Test
  void tooFewSitesAreRefused() throws Exception {
    assertThat(refusal(new Krum(1, 1), line(1, 2, 3, 4)))
        .isEqualTo("krum with bad_sites 1 needs the updates of at least 5 sites, found 4");
    assertThat(refusal(new Krum(2, 0), line(1, 2, 3, 4, 5, 6)))
        .isEqualTo("multi-krum with bad_sites 2 needs the updates of at least 7 sites, found 6");
    assertThat(refusal(new CoordinateMedian(1), line(1, 2)))
        .isEqualTo("median with bad_sites 1 needs the updates of at least 3 sites, found 2");
    assertThat(refusal(new TrimmedMean(2), line(1, 2, 3, 4)))
        .isEqualTo("trimmed-mean with bad_sites 2 needs the updates of at least 5 sites, found 4");
    assertThat(refusal(new GeometricMedian(1), line(1, 2)))
        .isEqualTo(
            "geometric-median with bad_sites 1 needs the updates of at least 3 sites, found 2");
    assertThatThrownBy(() -> new TrimmedMean(0))
        .hasMessage("bad_sites: found 0, expected at least 1");
  }

  @Test
  void aTensorOfTooFewSitesIsRefused() throws Exception {
    var base =
        TensorMap.of(Tensor.floats("w", new float[1], 1), Tensor.floats("own", new float[1], 1));
    var updates = new ArrayList<>(line(1, 2, 3));
    updates.set(
        0,
        contribution(
            "s0",
            TensorMap.of(
                Tensor.floats("w", new float[1], 1), Tensor.floats("own", new float[1], 1)),
            1));
    var result =
        new Aggregation(plan(new CoordinateMedian(1)), pool, 2)
            .write(base, updates, folder.resolve("m"), Durability.PROCESS);
    assertThat(result)
        .isEqualTo(
            new AggregationResult.Refused(
                "tensor own: median with bad_sites 1 needs the updates of at least 3 sites, found"
                    + " 1"));
  }

  @Test
  void aScaledUpdateLeavesCountersAloneWhateverTheSiteCallsThem() throws Exception {
    var weights = Tensor.floats("w", new float[] {1, 2}, 2);
    var buffer = Tensor.floats("b", new float[] {4}, 1);
    var model =
        TensorMap.of(
            weights,
            Tensor.of(buffer.spec().withRole(Role.BUFFER), buffer.data()),
            Tensor.longs("n", new long[] {8}, 1));
    var disguised =
        TensorMap.of(
            Tensor.of(weights.spec().withRole(Role.CONSTANT), weights.data()),
            buffer,
            Tensor.longs("n", new long[] {8}, 1));
    for (boolean parametersOnly : new boolean[] {false, true}) {
      var scaled = contribution("a", disguised, 1).scaled(model, 0.5, parametersOnly);
      write(new FedAvg(), zerosLike(model), List.of(scaled));
      try (var file = ModelFile.open(folder.resolve("m"))) {
        var found = file.load();
        assertThat(found.tensor("w").toFloats()).containsExactly(0.5f, 1);
        assertThat(found.tensor("b").toFloats()).containsExactly(parametersOnly ? 4 : 2);
        assertThat(found.tensor("n").toLongs()).containsExactly(8);
      }
    }
  }

  private static TensorMap zerosLike(TensorMap model) {
    var zeros = TensorMap.builder();
    for (var spec : model.specs()) {
      zeros.add(Tensor.of(spec, java.lang.foreign.Arena.ofAuto().allocate(spec.sizeBytes(), 64)));
    }
    return zeros.build();
  }

  private String refusal(AggregationRule rule, List<Contribution.Plain> updates) throws Exception {
    var result =
        new Aggregation(plan(rule), pool, 2)
            .write(zeros(1), updates, folder.resolve("m"), Durability.PROCESS);
    assertThat(folder.resolve("m")).doesNotExist();
    return ((AggregationResult.Refused) result).reason();
  }

  private AggregationResult.Aggregated write(
      AggregationRule rule, TensorMap base, List<Contribution.Plain> updates) throws Exception {
    return aggregate(rule, base, updates, 2, 500);
  }

  private AggregationResult.Aggregated aggregate(
      AggregationRule rule,
      TensorMap base,
      List<Contribution.Plain> updates,
      int threads,
      int blockElements)
      throws Exception {
    return (AggregationResult.Aggregated)
        new Aggregation(plan(rule), pool, threads, blockElements)
            .write(base, updates, folder.resolve("m"), Durability.PROCESS);
  }

  private static AggregationPlan plan(AggregationRule rule) {
    return new AggregationPlan(rule, WeightType.DIFF, CounterPolicy.MEAN, List.of());
  }

  private float[] floats() throws Exception {
    try (var model = ModelFile.open(folder.resolve("m"))) {
      return model.load().tensor("w").toFloats();
    }
  }

  private static float value(List<Contribution.Plain> updates, int site, int element) {
    return ((TensorMap) updates.get(site).weights())
        .tensor("w")
        .data()
        .get(java.lang.foreign.ValueLayout.JAVA_FLOAT, 4L * element);
  }

  private static List<Contribution.Plain> line(float... values) {
    var updates = new ArrayList<Contribution.Plain>();
    for (int i = 0; i < values.length; i++) {
      updates.add(
          contribution("s" + i, TensorMap.of(Tensor.floats("w", new float[] {values[i]}, 1)), 1));
    }
    return updates;
  }

  private static List<Contribution.Plain> updates(Random random, int sites, int elements) {
    var updates = new ArrayList<Contribution.Plain>();
    for (int site = 0; site < sites; site++) {
      var values = new float[elements];
      for (int i = 0; i < elements; i++) {
        values[i] = (float) random.nextGaussian();
      }
      updates.add(
          contribution(
              String.format("s%03d", site), TensorMap.of(Tensor.floats("w", values, elements)), 1));
    }
    return updates;
  }

  private static TensorMap zeros(int elements) {
    return TensorMap.of(Tensor.floats("w", new float[elements], elements));
  }

  private static TensorMap mixed(Random random) {
    var floats = new float[4097];
    var doubles = new double[130];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) random.nextGaussian();
    }
    for (int i = 0; i < doubles.length; i++) {
      doubles[i] = random.nextGaussian();
    }
    var halves = TensorSpec.of("h", DType.F16, 50);
    var data = java.lang.foreign.Arena.ofAuto().allocate(100);
    for (int i = 0; i < 50; i++) {
      data.set(
          java.lang.foreign.ValueLayout.JAVA_SHORT,
          2L * i,
          Float.floatToFloat16((float) random.nextGaussian()));
    }
    return TensorMap.of(
        Tensor.floats("w", floats, 4097),
        Tensor.doubles("d", doubles, 130),
        Tensor.of(halves, data),
        Tensor.longs("n", new long[] {random.nextInt(100)}, 1));
  }

  private static Contribution.Plain contribution(String site, TensorMap weights, double weight) {
    return new Contribution.Plain(new SiteName(site), weights, weight);
  }
}
