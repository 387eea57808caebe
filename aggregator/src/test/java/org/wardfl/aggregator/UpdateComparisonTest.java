package org.wardfl.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;

class UpdateComparisonTest {

  @Test
  void theNumbersAreThoseOfTheirDefinition() throws Exception {
    int elements = 70_000;
    int sites = 5;
    var random = new Random(3);
    var base = values(random, elements);
    var move = new float[elements];
    var vectors = new ArrayList<float[]>();
    for (int site = 0; site < sites; site++) {
      vectors.add(values(random, elements));
      for (int i = 0; i < elements; i++) {
        move[i] += vectors.get(site)[i] / sites;
      }
    }
    var next = sum(base, move);
    for (var type : WeightType.values()) {
      var plan = new AggregationPlan(new FedAvg(), type, CounterPolicy.MEAN, List.of());
      var updates = new ArrayList<Contribution.Plain>();
      for (int site = 0; site < sites; site++) {
        var sent = type == WeightType.DIFF ? vectors.get(site) : sum(base, vectors.get(site));
        updates.add(new Contribution.Plain(new SiteName("s" + site), model(sent), 1));
      }
      try (var pool = Executors.newFixedThreadPool(3)) {
        var workers = new Workers(pool, 3);
        var found = UpdateComparison.of(model(base), model(next), plan, updates, workers);
        for (int site = 0; site < sites; site++) {
          double square = 0;
          for (int other = 0; other < sites; other++) {
            for (int i = 0; i < elements; i++) {
              square += Math.pow(vectors.get(site)[i] - vectors.get(other)[i], 2);
            }
          }
          var likeness = Objects.requireNonNull(found.get(new SiteName("s" + site)));
          assertThat(likeness.distance()).isCloseTo(Math.sqrt(square / (sites - 1)), within(1e-3));
          double cosine =
              product(vectors.get(site), move)
                  / Math.sqrt(product(vectors.get(site), vectors.get(site)) * product(move, move));
          assertThat(likeness.cosine()).isCloseTo(cosine, within(1e-5));
        }
        assertThat(UpdateComparison.of(model(base), model(next), plan, updates.reversed(), workers))
            .isEqualTo(found);
      }
    }
  }

  @Test
  void whoDidNotMoveHasNoDirection() throws Exception {
    var zero = model(new float[3]);
    try (var pool = Executors.newFixedThreadPool(1)) {
      var found =
          UpdateComparison.of(
              zero,
              zero,
              AggregationPlan.fedAvg(),
              List.of(new Contribution.Plain(new SiteName("a"), zero, 1)),
              new Workers(pool, 1));
      assertThat(found.get(new SiteName("a"))).isEqualTo(new UpdateLikeness(0, 0));
    }
  }

  @Test
  void whatTheJobExcludesIsNotCompared() throws Exception {
    var plan =
        new AggregationPlan(
            new FedAvg(), WeightType.DIFF, CounterPolicy.MEAN, List.of(Pattern.compile("^head")));
    var updates = List.of(update("a", 1, 300), update("b", 3, -500));
    try (var pool = Executors.newFixedThreadPool(1)) {
      var found =
          UpdateComparison.of(withHead(0, 0), withHead(2, 0), plan, updates, new Workers(pool, 1));
      assertThat(found.values()).containsOnly(new UpdateLikeness(1, 2));
    }
  }

  private static TensorMap withHead(float shared, float head) {
    return TensorMap.of(
        Tensor.floats("w", new float[] {shared}, 1), Tensor.floats("head", new float[] {head}, 1));
  }

  private static Contribution.Plain update(String site, float shared, float head) {
    return new Contribution.Plain(new SiteName(site), withHead(shared, head), 1);
  }

  private static TensorMap model(float[] values) {
    return TensorMap.of(Tensor.floats("w", values, values.length));
  }

  private static float[] values(Random random, int count) {
    var values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static float[] sum(float[] a, float[] b) {
    var sum = a.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += b[i];
    }
    return sum;
  }

  private static double product(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
