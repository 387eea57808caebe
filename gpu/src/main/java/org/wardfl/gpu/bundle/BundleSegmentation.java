package org.wardfl.gpu.bundle;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.DataStats;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.ModelPayload;
import org.wardfl.algo.TaskContext;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.bundle.BundleOverrides;
import org.wardfl.algo.bundle.BundleWeights;
import org.wardfl.algo.bundle.Config;
import org.wardfl.algo.bundle.Node;
import org.wardfl.algo.bundle.plan.TrainingPlan;
import org.wardfl.algo.statistics.StatisticsRequest;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.gpu.imaging.Extents;
import org.wardfl.gpu.imaging.SlidingWindow;
import org.wardfl.gpu.imaging.transform.Augmentation.Pair;
import org.wardfl.gpu.loss.DiceCrossEntropy;
import org.wardfl.gpu.network.Architecture;
import org.wardfl.gpu.network.Problem;
import org.wardfl.gpu.network.UNet;
import org.wardfl.gpu.network.Weights;
import org.wardfl.gpu.sample.SampleSheet;
import org.wardfl.gpu.segmentation.Batch;
import org.wardfl.gpu.segmentation.Predictor;
import org.wardfl.gpu.torch.Torch;
import org.wardfl.gpu.training.TrainingOptions;

/// The segmentation that a bundle describes. A step of the training sees, as in MONAI, as many
/// cases as a batch has, each with all its patches; the metric has the name that the bundle gives
/// it.
final class BundleSegmentation implements Problem {

  private final BundleOptions options;
  private final Path folder;
  private final Path scratch;
  private final UNet network;
  private final DiceCrossEntropy loss;
  private @Nullable Cases training;
  private @Nullable Cases scored;

  private BundleSegmentation(BundleOptions options, Path folder, Path scratch) {
    this.options = options;
    this.folder = folder;
    this.scratch = scratch;
    var unet = options.plan().network();
    this.network =
        new UNet(
            3,
            unet.inputs(),
            unet.outputs(),
            unet.channels(),
            unet.strides(),
            unet.residualUnits());
    var piece = options.plan().loss();
    this.loss =
        new DiceCrossEntropy(
            piece.background(),
            piece.squared(),
            piece.batch(),
            piece.smoothAbove(),
            piece.smoothBelow(),
            piece.dice(),
            piece.crossEntropy());
  }

  static Problem read(AlgoContext context) throws AlgoException.Configuration {
    var folder =
        context
            .data()
            .location()
            .orElseThrow(() -> new AlgoException.Configuration("the job names no dataset"))
            .toAbsolutePath()
            .normalize();
    var site = new LinkedHashMap<String, Node>();
    site.put("dataset_dir", new Node.Text(folder.toString()));
    site.put("output_dir", new Node.Text(context.scratch().resolve("output").toString()));
    return new BundleSegmentation(
        BundleOptions.of(
            context.jobFolder(),
            context.arguments(),
            context.data().settings(),
            site,
            BundleOverrides.of(context.siteSettings())),
        folder,
        context.scratch());
  }

  @Override
  public Architecture architecture() {
    return network;
  }

  @Override
  public TrainingOptions training() {
    return options.training();
  }

  @Override
  public ModelPayload initial(long seed) throws AlgoException {
    return options.fromWeights()
        ? new ModelPayload(stored(), WeightType.FULL)
        : Weights.initial(network, seed);
  }

  private TensorMap stored() throws AlgoException {
    try {
      return BundleWeights.read(options.bundle(), scratch);
    } catch (IOException e) {
      throw new AlgoException.Failure("the bundle's weights cannot be read", e);
    }
  }

  @Override
  public int samples() throws AlgoException {
    int count = cases().count();
    if (count == 0) {
      throw new AlgoException.SiteData(
          options.plan().training().list() + " lists no case to learn from at this site");
    }
    return count;
  }

  @Override
  public NDArray loss(Weights weights, NDManager manager, int[] samples, Random random)
      throws AlgoException {
    var drawn = new ArrayList<Pair>();
    for (int sample : samples) {
      var one = cases().of(sample);
      var pairs = cases().pipeline().draw(one.pair(), one.crop(), random);
      requireExtents(
          sample, pairs.getFirst(), drawn.isEmpty() ? pairs.getFirst() : drawn.getFirst());
      drawn.addAll(pairs);
    }
    var batch =
        new Batch(
            drawn.size(), drawn.getFirst().image().extents(), options.plan().network().outputs());
    drawn.forEach(pair -> batch.add(pair.image(), pair.label()));
    return loss.of(network.forward(weights, batch.images(manager)), batch.labels(manager));
  }

  private void requireExtents(int sample, Pair pair, Pair first) throws AlgoException {
    var extents = pair.image().extents();
    boolean divisible = true;
    for (int axis = 0; axis < 3; axis++) {
      divisible &= extents.along(axis) % network.divisor() == 0;
    }
    if (!extents.equals(first.image().extents()) || !divisible) {
      throw cases()
          .bad(
              sample,
              options.plan().training().image(),
              extents
                  + " voxels to learn from, expected "
                  + first.image().extents()
                  + " as in the rest of the batch, multiples of "
                  + network.divisor());
    }
  }

  @Override
  public Metrics evaluate(Weights weights, Torch torch, TaskContext task, SampleSheet samples)
      throws AlgoException {
    var validation = options.plan().validation();
    if (validation.isEmpty()) {
      return Metrics.none();
    }
    var how = validation.get();
    var cases = scored(how);
    double sum = 0;
    int count = 0;
    for (int i = 0; i < cases.count(); i++) {
      var pair = cases.of(i).pair();
      var predictor =
          new Predictor(
              network, window(how, pair.image().extents()), options.plan().network().outputs());
      var prediction = predictor.predict(pair.image(), weights, torch, task);
      double mean =
          predictor.dice(prediction, pair.label(), Optional.empty()).mean(how.background());
      if (!Double.isNaN(mean)) {
        sum += mean;
        count++;
      }
      task.progress((double) (i + 1) / cases.count(), "scored " + (i + 1) + " cases");
    }
    return count == 0
        ? Metrics.none()
        : new Metrics(new TreeMap<>(Map.of(how.metric(), sum / count)), cases.count());
  }

  private static SlidingWindow window(TrainingPlan.Validation how, Extents extents) {
    return how.window().isEmpty()
        ? new SlidingWindow(extents, 0, SlidingWindow.Blend.CONSTANT, 1)
        : new SlidingWindow(
            Pipeline.extents(how.window()),
            how.overlap(),
            how.gaussian() ? SlidingWindow.Blend.GAUSSIAN : SlidingWindow.Blend.CONSTANT,
            how.windows());
  }

  @Override
  public DataStats statistics(StatisticsRequest request, TaskContext task)
      throws AlgoException.Unsupported {
    throw new AlgoException.Unsupported(
        "a bundle describes no data; image-statistics does, of a list of images");
  }

  private Cases cases() throws AlgoException.SiteData {
    var known = training;
    if (known == null) {
      known = cases(options.plan().training(), options.train());
      training = known;
    }
    return known;
  }

  private Cases scored(TrainingPlan.Validation how) throws AlgoException.SiteData {
    var known = scored;
    if (known == null) {
      known = cases(how.cases(), options.evaluation().orElseThrow());
      scored = known;
    }
    return known;
  }

  private Cases cases(TrainingPlan.Cases plan, Config config) throws AlgoException.SiteData {
    return Cases.of(
        plan, config, folder, options.plan().network().outputs(), options.cacheBytes() / 2);
  }
}
