package org.wardfl.gpu.bundle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.bundle.Config;
import org.wardfl.algo.bundle.Resolution;
import org.wardfl.algo.bundle.expression.ExpressionException;
import org.wardfl.algo.bundle.expression.Value;
import org.wardfl.algo.bundle.plan.TrainingPlan;
import org.wardfl.gpu.imaging.Image;
import org.wardfl.gpu.imaging.ImageException;
import org.wardfl.gpu.imaging.dataset.Kept;
import org.wardfl.gpu.imaging.nifti.NiftiReader;
import org.wardfl.gpu.imaging.transform.Augmentation.Pair;
import org.wardfl.gpu.imaging.transform.RandomCrop;

/// The cases of one of a bundle's datasets at a site, prepared. Messages name the number of a case,
/// never a file.
final class Cases {

  private final TrainingPlan.Cases plan;
  private final Pipeline pipeline;
  private final int classes;
  private final List<Pointers> files = new ArrayList<>();
  private final Kept<Case, AlgoException> kept;

  private record Pointers(Path image, Path label) {}

  /// One case.
  ///
  /// @param pair image and label, prepared
  /// @param crop draws patches
  record Case(Pair pair, Optional<RandomCrop> crop) implements Kept.Sized {

    @Override
    public long sizeBytes() {
      return pair.image().sizeBytes()
          + pair.label().sizeBytes()
          + crop.map(RandomCrop::sizeBytes).orElse(0L);
    }
  }

  private Cases(TrainingPlan.Cases plan, int classes, long cacheBytes) {
    this.plan = plan;
    this.pipeline = new Pipeline(plan.steps());
    this.classes = classes;
    this.kept = new Kept<>(cacheBytes, this::read);
  }

  /// Lists the cases; their images are read when they are needed.
  ///
  /// @param config whose expressions list them
  /// @param folder the site's dataset, beyond which no file is read
  static Cases of(TrainingPlan.Cases plan, Config config, Path folder, int classes, long cacheBytes)
      throws AlgoException.SiteData {
    var cases = new Cases(plan, classes, cacheBytes);
    Value list;
    try {
      list = new Resolution(config, new DatasetFolder(folder)).value(plan.list());
    } catch (ExpressionException e) {
      throw new AlgoException.SiteData(plan.list() + ": " + e.getMessage());
    }
    if (!(list instanceof Value.Items(var elements))) {
      throw new AlgoException.SiteData(plan.list() + " gives no list of cases at this site");
    }
    for (var element : elements) {
      cases.files.add(
          new Pointers(
              cases.file(element, plan.image(), folder),
              cases.file(element, plan.label(), folder)));
    }
    return cases;
  }

  private Path file(Value element, String key, Path folder) throws AlgoException.SiteData {
    if (element instanceof Value.Mapping(var members)
        && members.get(new Value.Text(key)) instanceof Value.Text(var name)) {
      var file = folder.resolve(name).normalize();
      if (!file.startsWith(folder.normalize())) {
        throw bad(files.size(), key, "a file outside the dataset's folder");
      }
      return file;
    }
    throw bad(files.size(), key, "expected the name of a file");
  }

  int count() {
    return files.size();
  }

  Pipeline pipeline() {
    return pipeline;
  }

  Case of(int number) throws AlgoException {
    return kept.get(number);
  }

  private Case read(int number) throws AlgoException {
    var image = image(number, files.get(number).image(), plan.image());
    var label = image(number, files.get(number).label(), plan.label());
    if (!label.isOnTheGridOf(image)) {
      throw bad(
          number,
          plan.label(),
          label.extents() + " voxels that are not those of the image, " + image.extents());
    }
    for (float value : label.values()) {
      if (!(value >= 0 && value < classes && value == (int) value)) {
        throw bad(
            number,
            plan.label(),
            "a voxel is labelled " + value + ", expected whole numbers from 0 to " + (classes - 1));
      }
    }
    try {
      var pair = pipeline.prepare(image, label);
      return new Case(pair, pipeline.crop(pair));
    } catch (ImageException | IllegalArgumentException e) {
      throw bad(number, plan.image(), String.valueOf(e.getMessage()));
    }
  }

  private Image image(int number, Path file, String key) throws AlgoException.SiteData {
    if (!Files.isRegularFile(file)) {
      throw bad(number, key, "there is no such file");
    }
    try {
      return NiftiReader.read(file);
    } catch (ImageException e) {
      throw bad(number, key, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw bad(number, key, "the file cannot be read: " + e.getClass().getSimpleName());
    }
  }

  /// A complaint about one case.
  AlgoException.SiteData bad(int number, String key, String what) {
    return new AlgoException.SiteData(
        plan.list() + ", case " + (number + 1) + ", " + key + ": " + what);
  }
}
