package org.wardfl.gpu.tabular;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.model.ModelFileException;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.algo.run.TaskResult;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;

/// Federated averaging over some sites, as plain as it can be written: float64 sums of weight
/// differences in the order of the sites.
///
/// @param sites the sites
/// @param weight a site's weight from what its training did
/// @param work where models go
record Federation(List<Site> sites, ToDoubleFunction<TrainSummary> weight, Path work) {

  Federation {
    sites = List.copyOf(sites);
  }

  /// Trains, and scores the last model at every site.
  List<Metrics> run(int rounds) throws IOException, ModelFileException {
    var model = work.resolve("model-0");
    expect(
        TaskResult.Initialized.class,
        sites.getFirst().run(TaskKind.INITIAL, 0, Optional.empty(), model));
    for (int round = 1; round <= rounds; round++) {
      var next = work.resolve("model-" + round);
      ModelWriter.write(round(round, model), next);
      model = next;
    }
    var scores = new ArrayList<Metrics>();
    for (var site : sites) {
      var result = site.run(TaskKind.EVALUATE, rounds, Optional.of(model), work.resolve("none"));
      scores.add(expect(TaskResult.Evaluated.class, result).metrics());
    }
    return scores;
  }

  /// The mean of a metric, weighted by the rows it was computed on.
  static double mean(List<Metrics> scores, String metric) {
    double sum = 0;
    double rows = 0;
    for (var score : scores) {
      sum += score.samples() * Objects.requireNonNull(score.values().get(metric));
      rows += score.samples();
    }
    return sum / rows;
  }

  private TensorMap round(int round, Path model) throws IOException, ModelFileException {
    var sums = new TreeMap<String, double[]>();
    double total = 0;
    for (var site : sites) {
      var update = work.resolve("update-" + site.name() + "-" + round);
      var trained =
          expect(
              TaskResult.Trained.class,
              site.run(TaskKind.TRAIN, round, Optional.of(model), update));
      double own = weight.applyAsDouble(trained.summary());
      total += own;
      for (var entry : doubles(update).entrySet()) {
        var sum = sums.computeIfAbsent(entry.getKey(), _ -> new double[entry.getValue().length]);
        for (int i = 0; i < sum.length; i++) {
          sum[i] += own * entry.getValue()[i];
        }
      }
    }
    return plus(model, sums, total);
  }

  private static TensorMap plus(Path model, Map<String, double[]> sums, double total)
      throws IOException, ModelFileException {
    try (var file = ModelFile.open(model)) {
      var old = file.load();
      var next = TensorMap.builder();
      for (var spec : old.specs()) {
        var values = old.tensor(spec.name()).toFloats();
        var sum = Objects.requireNonNull(sums.get(spec.name()));
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) (values[i] + sum[i] / total);
        }
        next.add(Tensor.floats(spec, values));
      }
      return next.build();
    }
  }

  private static Map<String, double[]> doubles(Path file) throws IOException, ModelFileException {
    try (var opened = ModelFile.open(file)) {
      var tensors = opened.load();
      var values = new TreeMap<String, double[]>();
      for (var spec : tensors.specs()) {
        values.put(spec.name(), tensors.tensor(spec.name()).toDoubles());
      }
      return values;
    }
  }

  private static <T extends TaskResult> T expect(Class<T> kind, TaskResult result) {
    if (!kind.isInstance(result)) {
      throw new AssertionError("expected " + kind.getSimpleName() + ", found " + result);
    }
    return kind.cast(result);
  }
}
