package org.wardfl.gpu.segmentation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
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
import org.wardfl.gpu.imaging.Image;
import org.wardfl.gpu.imaging.dataset.ImageList;
import org.wardfl.gpu.imaging.metric.Dice;
import org.wardfl.gpu.network.Architecture;
import org.wardfl.gpu.network.Problem;
import org.wardfl.gpu.network.Weights;
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
    int voxels = patch.voxels();
    int classes = options.classes();
    var images = new float[samples.length * voxels];
    var labels = new float[samples.length * classes * voxels];
    for (int i = 0; i < samples.length; i++) {
      var volume = data().of(data().patchRows().get(samples[i]));
      var from = volume.crop().orElseThrow().next(random);
      var changed =
          options
              .augmentation()
              .apply(
                  volume.image().block(from, patch, 0),
                  volume.label().block(from, patch, 0),
                  random);
      System.arraycopy(changed.image().values(), 0, images, i * voxels, voxels);
      for (int voxel = 0; voxel < voxels; voxel++) {
        int label = (int) changed.label().values()[voxel];
        labels[(i * classes + label) * voxels + voxel] = 1;
      }
    }
    var logits = architecture().forward(weights, array(manager, images, samples.length, 1));
    return options.loss().of(logits, array(manager, labels, samples.length, classes));
  }

  private NDArray array(NDManager manager, float[] values, int count, int channels) {
    var patch = options.patch();
    return manager.create(values, new Shape(count, channels, patch.x(), patch.y(), patch.z()));
  }

  @Override
  public Metrics evaluate(Weights weights, Torch torch, TaskContext task) throws AlgoException {
    var sums = new TreeMap<String, Double>();
    var counts = new TreeMap<String, Integer>();
    int scored = 0;
    var rows = data().evaluationRows();
    for (int row : rows) {
      var volume = data().of(row);
      var dice = dice(volume, predict(volume.image(), weights, torch, task));
      double mean = dice.mean(false);
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

  private Image predict(Image image, Weights weights, Torch torch, TaskContext task)
      throws AlgoException {
    return options
        .window()
        .predict(
            image,
            (windows, count) -> {
              task.abort().throwIfSet();
              try (var manager = torch.manager().newSubManager()) {
                return architecture()
                    .forward(weights, array(manager, windows, count, 1))
                    .toFloatArray();
              }
            });
  }

  private Dice dice(SegmentationData.Case volume, Image logits) throws AlgoException.NonFinite {
    var dice = new Dice(options.classes());
    int voxels = logits.extents().voxels();
    for (int voxel = 0; voxel < voxels; voxel++) {
      if (volume.region().isPresent() && volume.region().get().values()[voxel] == 0) {
        continue;
      }
      int best = 0;
      for (int label = 0; label < options.classes(); label++) {
        float logit = logits.values()[label * voxels + voxel];
        if (Float.isNaN(logit)) {
          throw new AlgoException.NonFinite("a prediction is not a number");
        }
        best = logit > logits.values()[best * voxels + voxel] ? label : best;
      }
      dice.add(best, (int) volume.label().values()[voxel]);
    }
    return dice;
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
