package org.wardfl.algo.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.model.ModelDifference;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;

/// A model that does not fit is refused, in training and in evaluation; so is a site without
/// samples, unless it trains nothing.
interface ModelRules extends ConformanceRules {

  /// NaN, plus and minus infinity, in any floating tensor.
  @Test
  default void aModelThatIsNotFiniteIsRefused() throws Exception {
    for (var spec : bench().model().specs()) {
      if (spec.dtype().isFloating() && spec.shape().elements() > 0) {
        for (double value :
            List.of(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY)) {
          requireRefused(
              Models.withLast(bench().model(), spec, value),
              "a model with " + value + " in tensor " + spec.name());
        }
      }
    }
  }

  /// A missing tensor is not zero.
  @Test
  default void aModelWithoutATensorIsRefused() throws Exception {
    for (var spec : bench().model().specs()) {
      requireRefused(
          Models.without(bench().model(), spec), "a model without tensor " + spec.name());
    }
  }

  /// A tensor that the algorithm does not know is not ignored.
  @Test
  default void aModelWithAnUnknownTensorIsRefused() throws Exception {
    var further = Tensor.floats("conformance.unknown", new float[] {1}, 1);
    requireRefused(
        Models.with(bench().model(), further), "a model with a further tensor " + further);
  }

  /// Nothing is broadcast, cut off or converted.
  @Test
  default void aModelOfAnotherShapeOrTypeIsRefused() throws Exception {
    for (var spec : bench().model().specs()) {
      for (var wrong :
          List.of(Models.reshaped(bench().model(), spec), Models.retyped(bench().model(), spec))) {
        requireRefused(
            wrong,
            "a model with "
                + wrong.tensor(spec.name())
                + " in place of "
                + bench().model().tensor(spec.name()));
      }
    }
  }

  private void requireRefused(TensorMap wrong, String what) throws Exception {
    try (var trial = bench().start()) {
      assertThat(catchThrowable(() -> trial.evaluate(wrong, ConformanceTask.ofRound(1))))
          .as("evaluate of %s", what)
          .isInstanceOfAny(AlgoException.InvalidModel.class, AlgoException.NonFinite.class);
    }
    try (var trial = bench().start()) {
      assertThat(catchThrowable(() -> trial.train(wrong, ConformanceTask.ofRound(1))))
          .as("train from %s", what)
          .isInstanceOfAny(AlgoException.InvalidModel.class, AlgoException.NonFinite.class);
    }
  }

  /// No samples are legal: they are refused as the site's data, or nothing is trained.
  @Test
  default void aSiteWithoutSamplesTrainsNothing() throws Exception {
    assumeTrue(emptyData().isPresent(), "emptyData() names no dataset without samples");
    var task = ConformanceTask.ofRound(1);
    var algo = factory().create();
    try {
      algo.initialize(
          Trial.context(
              this, emptyData().get(), Trial.SITE, Path.of("").toAbsolutePath(), bench().folder()));
      var summary = algo.train(new GivenModel(bench().model()).payload(), task);
      assertThat(List.of(summary.iterations(), summary.samples()))
          .as("iterations and samples of a training without samples")
          .containsExactly(0L, 0L);
      var full = new org.wardfl.algo.WeightsRequest.Current(WeightType.FULL);
      var weights = algo.getWeights(full, task);
      assertThat(weights.type()).isEqualTo(WeightType.FULL);
      assertThat(ModelDifference.between(bench().model(), weights.weights()).maxAbsolute())
          .as("change of the weights by a training without samples")
          .isZero();
      assertThat(algo.evaluate(new GivenModel(bench().model()).payload(), task).samples())
          .as("samples of an evaluation without samples")
          .isZero();
    } catch (AlgoException.SiteData e) {
      assertThat(e).hasMessageNotContaining(bench().folder().toString());
    } finally {
      algo.shutdown();
    }
  }
}
