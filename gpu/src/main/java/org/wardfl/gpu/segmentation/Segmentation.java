package org.wardfl.gpu.segmentation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.DataStats;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.TaskContext;
import org.wardfl.algo.statistics.StatisticsRequest;
import org.wardfl.gpu.imaging.dataset.ImageList;
import org.wardfl.gpu.network.Architecture;
import org.wardfl.gpu.network.Problem;
import org.wardfl.gpu.network.Weights;
import org.wardfl.gpu.sample.SampleOptions;
import org.wardfl.gpu.sample.SampleSheet;
import org.wardfl.gpu.statistics.ImageDescription;
import org.wardfl.gpu.torch.Torch;
import org.wardfl.gpu.training.TrainingOptions;

/// Finding structures in volumes. Metrics: `dice`, the mean over volumes of the mean Dice
/// coefficient of the classes but the background; with more than two classes also `dice.N` of each.
final class Segmentation implements Problem {

  private final SegmentationOptions options;
  private final Path folder;
  private @Nullable SegmentationData data;

  private Segmentation(SegmentationOptions options, Path folder) {
    this.options = options;
    this.folder = folder;
  }

  static Problem read(AlgoContext context) throws AlgoException.Configuration {
    var options = SegmentationOptions.of(context.arguments(), context.data().settings());
    var folder = context.data().location();
    if (folder.isEmpty()) {
      throw new AlgoException.Configuration("the job names no dataset");
    }
    return new Segmentation(options, folder.get());
  }

  @Override
  public Architecture architecture() {
    return options.network();
  }

  @Override
  public TrainingOptions training() {
    return options.training();
  }

  @Override
  public int samples() throws AlgoException {
    return data().patchRows().size();
  }

  @Override
  public NDArray loss(Weights weights, NDManager manager, int[] samples, Random random)
      throws AlgoException {
    var patch = options.patch();
    var batch = new Batch(samples.length, patch, options.classes());
    for (int sample : samples) {
      var volume = data().of(data().patchRows().get(sample));
      var from = volume.crop().orElseThrow().next(random);
      var changed =
          options
              .augmentation()
              .apply(
                  volume.image().block(from, patch, 0),
                  volume.label().block(from, patch, 0),
                  random);
      batch.add(changed.image(), changed.label());
    }
    var logits = architecture().forward(weights, batch.images(manager));
    return options.loss().of(logits, batch.labels(manager));
  }

  @Override
  public SampleOptions sampleOptions() {
    return options.samples();
  }

  @Override
  public Metrics evaluate(Weights weights, Torch torch, TaskContext task, SampleSheet samples)
      throws AlgoException {
    var sums = new TreeMap<String, Double>();
    var counts = new TreeMap<String, Integer>();
    int scored = 0;
    var predictor = new Predictor(architecture(), options.window(), options.classes());
    var rows = data().evaluationRows();
    var shown = samples.chosen(rows.size(), task.seed(SampleSheet.FOLDER));
    for (int i = 0; i < rows.size(); i++) {
      var volume = data().of(rows.get(i));
      var prediction = predictor.predict(volume.image(), weights, torch, task);
      var dice = predictor.dice(prediction, volume.label(), volume.region());
      double mean = dice.mean(false);
      samples.volume(
          i + 1,
          rows.size(),
          volume.image(),
          volume.label(),
          prediction,
          volume.region(),
          mean,
          shown.getOrDefault(i, 0));
      if (!Double.isNaN(mean)) {
        scored++;
        add("dice", mean, sums, counts);
      }
      for (int label = 1; label < options.classes() && options.classes() > 2; label++) {
        if (!Double.isNaN(dice.of(label))) {
          add("dice." + label, dice.of(label), sums, counts);
        }
      }
      task.progress((double) scored / rows.size(), "scored " + scored + " volumes");
    }
    sums.replaceAll((name, sum) -> sum / counts.getOrDefault(name, 1));
    return scored == 0 ? Metrics.none() : new Metrics(sums, scored);
  }

  private static void add(
      String name, double value, Map<String, Double> sums, Map<String, Integer> counts) {
    sums.merge(name, value, Double::sum);
    counts.merge(name, 1, Integer::sum);
  }

  @Override
  public DataStats statistics(StatisticsRequest request, TaskContext task) throws AlgoException {
    return new ImageDescription(ImageList.read(folder), new ImageDescription.Volumes())
        .describe(request, task);
  }

  private SegmentationData data() throws AlgoException.SiteData {
    var known = data;
    if (known == null) {
      known = SegmentationData.of(options, folder);
      data = known;
    }
    return known;
  }
}
