package org.wardfl.algo.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import org.junit.jupiter.api.Test;
import org.wardfl.algo.ModelPayload;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.model.ModelDifference;
import org.wardfl.algo.tensor.Combination;
import org.wardfl.algo.tensor.Selection;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorSpec;

/// What an algorithm receives and returns belongs to nobody else.
interface WeightRules extends ConformanceRules {

  /// Returned weights do not change when training goes on.
  @Test
  default void returnedWeightsAreASnapshot() throws Exception {
    var model = bench().model();
    for (var wanted : WeightType.values()) {
      try (var trial = bench().start()) {
        var first = ConformanceTask.ofRound(1);
        trial.train(model, first);
        var returned = trial.weights(wanted, first).weights();
        var before = Models.copy(returned);
        trial.train(Models.nudged(model), ConformanceTask.ofRound(2));
        var difference = ModelDifference.between(before, returned);
        assertThat(difference.isIdentical())
            .as(
                "getWeights(%s) returned the live weights; return a copy: after a further training"
                    + " %s",
                wanted, Bench.describe(difference))
            .isTrue();
      }
    }
  }

  /// The received model is read-only, also for native code.
  @Test
  default void theReceivedModelIsNotWrittenTo() throws Exception {
    var given = new GivenModel(bench().model());
    var task = ConformanceTask.ofRound(1);
    try (var trial = bench().start()) {
      trial.algo().evaluate(given.payload(), task);
      given.requireUntouched("evaluate");
      trial.algo().train(given.payload(), task);
      given.requireUntouched("train");
      trial.update(WeightType.DIFF, bench().model(), task);
      given.requireUntouched("getWeights");
    }
  }

  /// The received model is valid until the call returns, not longer.
  @Test
  default void theReceivedModelIsNotKept() throws Exception {
    var task = ConformanceTask.ofRound(1);
    for (var wanted : WeightType.values()) {
      var given = new GivenModel(bench().model());
      try (var trial = bench().start()) {
        trial.algo().train(given.payload(), task);
        given.spoil();
        bench()
            .requireAsAlone(
                trial,
                wanted,
                task,
                "getWeights(" + wanted + ") reads the received model after train has returned");
      }
    }
  }

  /// The model is any source of tensors, not only one in memory.
  @Test
  default void theModelIsReadThroughItsInterface() throws Exception {
    var task = ConformanceTask.ofRound(1);
    var other = new ModelPayload(Selection.of(bench().model(), _ -> true), WeightType.FULL);
    try (var trial = bench().start()) {
      trial.algo().evaluate(other, task);
      trial.algo().train(other, task);
      bench()
          .requireAsAlone(
              trial,
              WeightType.FULL,
              task,
              "another TensorSource with the same tensors gives other weights");
    }
  }

  /// The same names, types and shapes come back, but for parts that stay at the site.
  @Test
  default void theUpdateHasTheModelsStructure() throws Exception {
    var task = ConformanceTask.ofRound(1);
    for (var wanted : WeightType.values()) {
      try (var trial = bench().start()) {
        trial.train(bench().model(), task);
        var update = trial.weights(wanted, task).weights();
        var difference = ModelDifference.between(bench().model(), Models.copy(update));
        assertThat(difference.onlyInSecond())
            .as("tensors of getWeights(%s) that the model does not have", wanted)
            .isEmpty();
        assertThat(difference.onlyInFirst())
            .as("tensors of the model that getWeights(%s) lacks, and mayOmit is false", wanted)
            .allMatch(this::mayOmit);
        assertThat(difference.mismatches())
            .as("tensors of getWeights(%s) of another type or shape", wanted)
            .allMatch(mismatch ->
                mismatch.first().dtype() == mismatch.second().dtype()
                    && mismatch.first().shape().equals(mismatch.second().shape()));
      }
    }
  }

  /// The received model plus the difference is the trained model, within one rounding.
  @Test
  default void theDifferenceAndTheModelAgree() throws Exception {
    var task = ConformanceTask.ofRound(1);
    try (var trial = bench().start()) {
      trial.train(bench().model(), task);
      var difference = trial.update(WeightType.DIFF, bench().model(), task);
      var full = trial.update(WeightType.FULL, bench().model(), task);
      var sum = Models.copy(Combination.sum(bench().model(), difference));
      for (var spec : difference.specs()) {
        requireWithinOneUlp(
            full.tensor(spec.name()), sum.tensor(spec.name()), bench().model().tensor(spec.name()));
      }
    }
  }

  private static void requireWithinOneUlp(Tensor full, Tensor sum, Tensor received) {
    var spec = full.spec();
    var trained = full.toDoubles();
    var found = sum.toDoubles();
    var start = received.toDoubles();
    for (int i = 0; i < trained.length; i++) {
      // The difference and the sum each round once, in the size of the larger operand.
      double tolerance = ulp(spec, Math.max(Math.abs(trained[i]), Math.abs(start[i])));
      if (Double.compare(found[i], trained[i]) != 0
          && !(Math.abs(found[i] - trained[i]) <= tolerance)) {
        fail(
            "tensor %s, element %d: the received %s plus the difference is %s, but getWeights(FULL)"
                + " returns %s",
            spec.name(), i, start[i], found[i], trained[i]);
      }
    }
  }

  private static double ulp(TensorSpec spec, double magnitude) {
    return switch (spec.dtype()) {
      case F64 -> Math.ulp(magnitude);
      case F32 -> Math.ulp((float) magnitude);
      case F16 -> Math.scalb(1.0, Math.max(Math.getExponent(magnitude), -14) - 10);
      case BF16 -> Math.scalb(1.0, Math.max(Math.getExponent(magnitude), Float.MIN_EXPONENT) - 7);
      case I8, U8, I16, U16, I32, U32, I64, U64, BOOL -> 0;
    };
  }

  /// Scoring a model changes neither the weights that were trained nor those that will be.
  @Test
  default void evaluationLeavesTheWeightsAlone() throws Exception {
    var task = ConformanceTask.ofRound(1);
    var other = Models.nudged(bench().model());
    try (var trial = bench().start()) {
      trial.evaluate(other, task);
      trial.train(bench().model(), task);
      bench()
          .requireAsAlone(
              trial, WeightType.FULL, task, "a training is another one after an evaluation");
      var before = trial.update(WeightType.FULL, bench().model(), task);
      var scores = trial.evaluate(other, task);
      var difference =
          ModelDifference.between(before, trial.update(WeightType.FULL, bench().model(), task));
      assertThat(difference.isIdentical())
          .as("evaluate changed the trained weights: %s", Bench.describe(difference))
          .isTrue();
      assertThat(trial.evaluate(other, task))
          .as("scores of the same model, asked again")
          .isEqualTo(scores);
    }
  }
}
