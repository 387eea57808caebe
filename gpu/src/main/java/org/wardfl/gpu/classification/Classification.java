package org.wardfl.gpu.classification;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.loss.Loss;
import java.nio.file.Path;
import java.util.List;
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
import org.wardfl.gpu.imaging.ImageException;
import org.wardfl.gpu.imaging.dataset.ImageList;
import org.wardfl.gpu.imaging.dataset.Kept;
import org.wardfl.gpu.imaging.metric.ConfusionMatrix;
import org.wardfl.gpu.imaging.metric.RocAuc;
import org.wardfl.gpu.imaging.picture.PictureReader;
import org.wardfl.gpu.imaging.transform.Interpolation;
import org.wardfl.gpu.imaging.transform.Resize;
import org.wardfl.gpu.network.Architecture;
import org.wardfl.gpu.network.Problem;
import org.wardfl.gpu.network.Weights;
import org.wardfl.gpu.sample.SampleOptions;
import org.wardfl.gpu.sample.SampleSheet;
import org.wardfl.gpu.statistics.ImageDescription;
import org.wardfl.gpu.torch.Torch;
import org.wardfl.gpu.training.TrainingOptions;

/// Telling kinds of pictures apart. The list has the columns `image`, `label` and `split`. Metrics:
/// `accuracy`, `balanced_accuracy` (the mean recall of the classes), `auc` (the mean area of each
/// class against the others, unless all pictures are of one class) and `loss`.
final class Classification implements Problem {

  private final ClassificationOptions options;
  private final Path folder;
  private @Nullable Data data;

  private Classification(ClassificationOptions options, Path folder) {
    this.options = options;
    this.folder = folder;
  }

  static Problem read(AlgoContext context) throws AlgoException.Configuration {
    var options = ClassificationOptions.of(context.arguments(), context.data().settings());
    var folder = context.data().location();
    if (folder.isEmpty()) {
      throw new AlgoException.Configuration("the job names no dataset");
    }
    return new Classification(options, folder.get());
  }

  /// The site's pictures.
  private record Data(
      ImageList list, List<Integer> training, Kept<Picture, AlgoException> pictures) {}

  /// One picture, prepared, and its class.
  private record Picture(Image image, int label) implements Kept.Sized {

    @Override
    public long sizeBytes() {
      return image.sizeBytes();
    }
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
    return data().training().size();
  }

  @Override
  public NDArray loss(Weights weights, NDManager manager, int[] samples, Random random)
      throws AlgoException {
    var labels = new int[samples.length];
    var values = new float[samples.length * pictureSize()];
    for (int i = 0; i < samples.length; i++) {
      var picture = data().pictures().get(data().training().get(samples[i]));
      var changed = options.augmentation().apply(picture.image(), random);
      System.arraycopy(changed.values(), 0, values, i * pictureSize(), pictureSize());
      labels[i] = picture.label();
    }
    var logits = architecture().forward(weights, batch(manager, values));
    return crossEntropy(logits, labels);
  }

  private static NDArray crossEntropy(NDArray logits, int[] labels) {
    return Loss.softmaxCrossEntropyLoss()
        .evaluate(new NDList(logits.getManager().create(labels)), new NDList(logits));
  }

  private int pictureSize() {
    return options.channels() * options.size().voxels();
  }

  private NDArray batch(NDManager manager, float[] values) {
    return manager.create(
        values,
        new Shape(
            values.length / pictureSize(),
            options.channels(),
            options.size().x(),
            options.size().y()));
  }

  @Override
  public SampleOptions sampleOptions() {
    return options.samples();
  }

  @Override
  public Metrics evaluate(Weights weights, Torch torch, TaskContext task, SampleSheet samples)
      throws AlgoException {
    var rows = data().list().rows(options.evaluate());
    if (rows.isEmpty()) {
      return Metrics.none();
    }
    var confusion = new ConfusionMatrix(options.classes());
    var scores = new double[rows.size()][];
    var labels = new int[rows.size()];
    double loss = 0;
    int size = options.training().batchSize();
    for (int from = 0; from < rows.size(); from += size) {
      task.abort().throwIfSet();
      var part = rows.subList(from, Math.min(from + size, rows.size()));
      loss += score(part, from, weights, torch, scores, labels) * part.size();
      task.progress((double) from / rows.size(), "scored " + from + " pictures");
    }
    for (int i = 0; i < labels.length; i++) {
      confusion.add(labels[i], best(scores[i]));
    }
    for (int i : samples.chosen(rows.size(), task.seed(SampleSheet.FOLDER)).keySet()) {
      var image = data().pictures().get(rows.get(i)).image();
      samples.picture(i + 1, rows.size(), image, labels[i], best(scores[i]), scores[i]);
    }
    var metrics = new TreeMap<String, Double>();
    metrics.put("accuracy", confusion.accuracy());
    metrics.put("balanced_accuracy", confusion.balancedAccuracy());
    metrics.put("loss", loss / rows.size());
    double auc = RocAuc.mean(scores, labels);
    if (!Double.isNaN(auc)) {
      metrics.put("auc", auc);
    }
    return new Metrics(metrics, rows.size());
  }

  // Fills in scores and labels of a batch; gives its mean loss.
  private double score(
      List<Integer> rows, int from, Weights weights, Torch torch, double[][] scores, int[] labels)
      throws AlgoException {
    var values = new float[rows.size() * pictureSize()];
    var own = new int[rows.size()];
    for (int i = 0; i < rows.size(); i++) {
      var picture = data().pictures().get(rows.get(i));
      System.arraycopy(picture.image().values(), 0, values, i * pictureSize(), pictureSize());
      own[i] = picture.label();
    }
    System.arraycopy(own, 0, labels, from, own.length);
    try (var manager = torch.manager().newSubManager()) {
      var logits = architecture().forward(weights, batch(manager, values));
      var probabilities = logits.softmax(1).toFloatArray();
      for (int i = 0; i < rows.size(); i++) {
        var row = new double[options.classes()];
        for (int label = 0; label < row.length; label++) {
          row[label] = probabilities[i * row.length + label];
          if (Double.isNaN(row[label])) {
            throw new AlgoException.NonFinite("a prediction is not a number");
          }
        }
        scores[from + i] = row;
      }
      return crossEntropy(logits, own).getFloat();
    }
  }

  private static int best(double[] scores) {
    int best = 0;
    for (int label = 1; label < scores.length; label++) {
      best = scores[label] > scores[best] ? label : best;
    }
    return best;
  }

  @Override
  public DataStats statistics(StatisticsRequest request, TaskContext task) throws AlgoException {
    return new ImageDescription(
            ImageList.read(folder), new ImageDescription.Pictures(options.channels()))
        .describe(request, task);
  }

  private Data data() throws AlgoException.SiteData {
    var known = data;
    if (known == null) {
      var list = ImageList.read(folder);
      known =
          new Data(
              list, list.training(), new Kept<>(options.cacheBytes(), row -> picture(list, row)));
      data = known;
    }
    return known;
  }

  private Picture picture(ImageList list, int row) throws AlgoException {
    int label = list.whole(row, "label", -1, 0, options.classes() - 1);
    if (label < 0) {
      throw list.bad(row, "label", "expected a whole number from 0 to " + (options.classes() - 1));
    }
    var image = list.image(row, "image", file -> PictureReader.read(file, options.channels()));
    try {
      var resized = new Resize(options.size(), Interpolation.LINEAR).apply(image);
      return new Picture(options.intensity().apply(resized), label);
    } catch (ImageException e) {
      throw list.bad(row, String.valueOf(e.getMessage()));
    }
  }
}
