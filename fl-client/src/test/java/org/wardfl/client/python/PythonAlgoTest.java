package org.wardfl.client.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.algo.run.Phase;
import org.wardfl.algo.run.TaskResult;
import org.wardfl.algo.statistics.Bins;
import org.wardfl.algo.statistics.FeatureStatistics;
import org.wardfl.algo.statistics.FeatureValues;
import org.wardfl.algo.statistics.StatisticsRequest;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;

/// What an algorithm in Python is given, and what becomes of what it returns.
@Timeout(120)
class PythonAlgoTest {

  private static final String COUNTER =
      """
      import random
      import numpy as np
      from ward import ClientAlgo, ExchangeObject, WeightType

      IMPORTED = []

      class Counter(ClientAlgo):
          def initialize(self, extra=None):
              IMPORTED.append(1)
              self.trainings = 0
              self.first = random.random()

          def evaluate(self, data, extra=None):
              np.random.random()
              return ExchangeObject(metrics={"seen": len(IMPORTED), "trainings": self.trainings})

          def train(self, data, extra=None):
              self.trainings += 1
              self.w = data.weights["w"] + np.float32(np.random.random())

          def get_weights(self, extra=None):
              return {"weights": {"w": self.w, "n": np.int64([self.trainings])},
                      "weight_type": WeightType.WEIGHTS,
                      "statistics": {"num_executed_iterations": 1, "first": self.first,
                                     "round": extra["round"], "rounds": extra["total_rounds"]}}

          def get_data_stats(self, extra=None):
              return ExchangeObject(statistics={"num_samples": 7, "age": {"mean": 61.5, "bins": [1, 2]}})

          def save_state(self):
              return {"trainings": self.trainings, 3: [("a", None, 0.5)], "w": self.w}

          def restore_state(self, state):
              assert state[3] == [("a", None, 0.5)], state
              assert state["w"].dtype == np.float32
              self.trainings = state["trainings"]
      """;

  @TempDir private Path temporary;

  @BeforeEach
  void needsPython() {
    PythonRun.require("numpy");
  }

  private PythonRun counter() throws Exception {
    return new PythonRun(temporary).file("counter.py", COUNTER).algorithm("counter:Counter");
  }

  private static Path model(PythonRun run) throws Exception {
    var file = run.folder().resolveSibling("counted.safetensors");
    ModelWriter.write(
        TensorMap.of(
            Tensor.floats("w", new float[] {1, 2}, 2), Tensor.longs("n", new long[] {0}, 1)),
        file);
    return file;
  }

  @Test
  void aRepeatedTaskGivesTheSameBytes() throws Exception {
    try (var run = counter()) {
      TaskResult first;
      try (var task = run.task(TaskKind.TRAIN, 2, model(run))) {
        first = task.run();
      }
      assertThat(first).isInstanceOf(TaskResult.Trained.class);
      try (var task = run.task(TaskKind.TRAIN, 2, model(run))) {
        assertThat(task.run()).isEqualTo(first);
      }
      try (var task = run.task(TaskKind.TRAIN, 3, model(run))) {
        assertThat(((TaskResult.Trained) task.run()).update())
            .as("another round draws otherwise")
            .isNotEqualTo(((TaskResult.Trained) first).update());
      }
      var summary = ((TaskResult.Trained) first).summary().values();
      assertThat(summary).containsEntry("round", 2.0).containsEntry("rounds", 3.0);
      assertThat(((TaskResult.Trained) first).received().values())
          .as("each task begins from the same state")
          .containsEntry("seen", 1.0);
    }
  }

  @Test
  void aStateIsSavedAndRestored() throws Exception {
    try (var run = counter()) {
      var saved = temporary.resolve("saved");
      for (int trainings = 0; trainings < 3; trainings++) {
        try (var task = run.task(TaskKind.TRAIN, 1, model(run))) {
          var trained = (TaskResult.Trained) task.run();
          assertThat(trained.stateSaved()).isTrue();
          assertThat(trained.received().values()).containsEntry("trainings", (double) trainings);
          Files.copy(
              task.request().stateOut(), saved, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
          run.state(saved);
        }
      }
      try (var state = ModelFile.open(saved)) {
        assertThat(state.specs()).hasSize(1);
      }
      Files.writeString(saved, "not a state");
      try (var task = run.task(TaskKind.TRAIN, 1, model(run))) {
        assertThat(((TaskResult.Failed) task.run()).message())
            .startsWith("the state cannot be restored: saved: header of ");
      }
    }
  }

  @Test
  void describedColumnsAreTheStatisticsOfAWorkflow() throws Exception {
    var cohort =
        """
        import ward

        class Cohort(ward.ClientAlgo):
            def get_data_stats(self, extra=None):
                ages = [3, None, 1, 3, 2, float("nan")]
                return ward.ExchangeObject(statistics=ward.describe(
                    extra, {"age": ages, "dose": [0.5] * 6}, classes=[0, 0, 1, 1, 1.0, None], label="ill"))
            def train(self, data, extra=None): pass
            def get_weights(self, extra=None): pass
            def evaluate(self, data, extra=None): pass
        """;
    var bins = new TreeMap<>(Map.of("age", new Bins(1, 3, 2)));
    var request = new StatisticsRequest(List.of("age", "weight"), true, bins);
    try (var run = new PythonRun(temporary).file("cohort.py", cohort).algorithm("cohort:Cohort");
        var task = run.describing(request)) {
      var features = ((TaskResult.Described) task.run()).statistics().features();
      assertThat(features)
          .extracting(FeatureStatistics::feature, FeatureStatistics::group)
          .containsExactly(
              tuple("age", ""),
              tuple("age", "ill=0"),
              tuple("age", "ill=1"),
              tuple("age", "ill=missing"),
              tuple("weight", ""));
      // As Java describes the same numbers.
      var ages = new double[] {3, Double.NaN, 1, 3, 2, Double.NaN};
      assertThat(features.getFirst())
          .isEqualTo(FeatureValues.describe("age", "", ages, Optional.of(bins.get("age"))));
      assertThat(features.get(2))
          .isEqualTo(
              FeatureValues.describe(
                  "age", "ill=1", new double[] {1, 3, 2}, Optional.of(bins.get("age"))));
      assertThat(features.getLast())
          .isEqualTo(FeatureStatistics.withheld("weight", "", "the data has no such feature"));
    }
  }

  @Test
  void statisticsAreNamedByTheirPath() throws Exception {
    try (var run = counter();
        var task = run.task(TaskKind.DATA_STATS, 1, model(run))) {
      var described = (TaskResult.Described) task.run();
      assertThat(described.statistics().samples()).isEqualTo(7);
      assertThat(described.statistics().values())
          .containsEntry("age.mean", 61.5)
          .containsEntry("age.bins.1", 2.0);
    }
  }

  @Test
  void whatAClassDoesNotOfferIsSaid() throws Exception {
    try (var run = new PythonRun(temporary)) {
      try (var task = run.task(TaskKind.DATA_STATS, 1, run.model())) {
        assertThat(task.run())
            .isInstanceOfSatisfying(
                TaskResult.Failed.class,
                failed -> {
                  assertThat(failed.message()).isEqualTo("faulty:Faulty has no data statistics");
                  assertThat(failed.phase()).isEqualTo(Phase.DATA_STATS);
                });
      }
      try (var task = run.task(TaskKind.INITIAL, 0, run.model())) {
        assertThat(task.run())
            .isInstanceOfSatisfying(
                TaskResult.Failed.class,
                failed ->
                    assertThat(failed.message())
                        .isEqualTo(
                            "get_weights returned weight_type None, expected fl_weights_full or"
                                + " fl_weight_diff"));
      }
    }
  }

  @Test
  void aScriptThatSendsNothingIsSaid() throws Exception {
    try (var run = new PythonRun(temporary)) {
      run.file("train.py", "import ward\nward.receive()\n").algorithm("train.py");
      assertThat(run.failure().message()).isEqualTo("train.py ended without send()");
      run.file("train.py", "import ward\nraise ValueError('4711')\n");
      assertThat(run.failure().message()).isEqualTo("train.py raised ValueError at train.py:2");
      run.file("train.py", "x = = 1\n");
      assertThat(run.failure().message())
          .isEqualTo("syntax error in train.py, line 1: invalid syntax");
    }
  }

  @Test
  void torchTensorsComeAndGoInEveryType() throws Exception {
    PythonRun.require("torch");
    try (var run = new PythonRun(temporary).memory(4L << 30)) {
      run.file(
              "types_algo.py",
              """
              import torch
              from ward import ClientAlgo, ExchangeObject, WeightType

              class Types(ClientAlgo):
                  def initial_weights(self, extra=None):
                      shared = torch.ones(3)
                      weights = {str(t).split(".")[1]: torch.ones(2, 2).to(t) for t in (
                          torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.int8,
                          torch.uint8, torch.int16, torch.int32, torch.int64, torch.bool)}
                      weights.update(
                          scalar=torch.tensor(3), empty=torch.zeros(0, 4), first=shared,
                          second=shared, turned=torch.arange(6.).reshape(2, 3).t(),
                          parameter=torch.nn.Parameter(torch.ones(1)))
                      return ExchangeObject(weights=weights, weight_type=WeightType.WEIGHTS)

                  def evaluate(self, data, extra=None):
                      assert data.weights["second"].data_ptr() == data.weights["first"].data_ptr()
                      return ExchangeObject(metrics={
                          "types": len({v.dtype for v in data.weights.values()}),
                          "turned": data.weights["turned"][2, 0]})

                  def train(self, data, extra=None):
                      self.weights = data.weights
                      if extra["data"].get("device"):
                          self.weights["first"] = torch.ones(3, device="meta")

                  def get_weights(self, extra=None):
                      return ExchangeObject(weights=self.weights, weight_type=WeightType.WEIGHTS,
                                            statistics={"num_executed_iterations": 1})
              """)
          .algorithm("types_algo:Types");
      var model = temporary.resolve("types.safetensors");
      try (var task = run.task(TaskKind.INITIAL, 0, model)) {
        assertThat(task.run()).isInstanceOf(TaskResult.Initialized.class);
        Files.copy(task.request().updateOut(), model);
      }
      try (var file = ModelFile.open(model)) {
        assertThat(file.aliases()).isEqualTo(java.util.Map.of("second", "first"));
        assertThat(file.load().tensor("turned").toFloats()).containsExactly(0, 3, 1, 4, 2, 5);
      }
      try (var task = run.task(TaskKind.EVALUATE, 1, model)) {
        var metrics = ((TaskResult.Evaluated) task.run()).metrics().values();
        assertThat(metrics).containsEntry("types", 10.0).containsEntry("turned", 2.0);
      }
      try (var task = run.setting("device", "meta").task(TaskKind.TRAIN, 1, model)) {
        assertThat(((TaskResult.Failed) task.run()).message())
            .isEqualTo(
                "get_weights: tensor first is on device meta, expected a dense tensor with data");
      }
    }
  }
}
