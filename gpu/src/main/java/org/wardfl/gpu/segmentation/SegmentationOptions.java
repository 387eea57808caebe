package org.wardfl.gpu.segmentation;

import java.util.List;
import java.util.Optional;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Arguments;
import org.wardfl.gpu.imaging.Extents;
import org.wardfl.gpu.imaging.SlidingWindow;
import org.wardfl.gpu.imaging.dataset.Preparation;
import org.wardfl.gpu.imaging.transform.Augmentation;
import org.wardfl.gpu.imaging.transform.Orientation;
import org.wardfl.gpu.loss.DiceCrossEntropy;
import org.wardfl.gpu.network.UNet;
import org.wardfl.gpu.option.AugmentationOption;
import org.wardfl.gpu.option.IntensityOption;
import org.wardfl.gpu.option.Settings;
import org.wardfl.gpu.sample.SampleOptions;
import org.wardfl.gpu.training.TrainingOptions;

/// The arguments of `torch-segmentation`, checked.
///
/// @param training how a task trains
/// @param classes how many labels there are, the background (0) among them
/// @param network the network
/// @param preparation what is done to every volume
/// @param augmentation what is done to every patch
/// @param patch extents of what the network learns from
/// @param patches how many are drawn of an image in an epoch, unless the site's list says otherwise
/// @param foreground in which part of them the middle is foreground
/// @param window how whole volumes are predicted
/// @param loss the loss
/// @param cacheBytes how much prepared volumes may take up
/// @param evaluate the value of the list's column `split` in the rows that models are scored on
/// @param samples which scored volumes a site may keep pictures of
record SegmentationOptions(
    TrainingOptions training,
    int classes,
    UNet network,
    Preparation preparation,
    Augmentation augmentation,
    Extents patch,
    int patches,
    double foreground,
    SlidingWindow window,
    DiceCrossEntropy loss,
    long cacheBytes,
    String evaluate,
    SampleOptions samples) {

  private static final int MOST = 1 << 12;

  static SegmentationOptions of(Arguments arguments, Arguments data)
      throws AlgoException.Configuration {
    arguments.only(
        TrainingOptions.keysWith(
            "classes",
            "network",
            "orientation",
            "spacing",
            "intensity",
            "augmentation",
            "patch",
            "patches",
            "foreground",
            "overlap",
            "blend",
            "background_loss",
            "cache",
            "samples",
            "class_names"));
    data.only("format", "evaluate");
    new Settings(data).word("format", "nifti", List.of("nifti", "dicom"));
    var settings = new Settings(arguments);
    var training = TrainingOptions.of(arguments);
    int classes = settings.whole("classes", 2, 2, 1000);
    var network = network(arguments, classes);
    var patch = patch(settings, network);
    var augmentation = AugmentationOption.of(arguments);
    if (augmentation.rotate90() && patch.x() != patch.y()) {
      throw new AlgoException.Configuration(
          "argument `augmentation`: rotate90 needs patches as long along x as along y, found "
              + patch);
    }
    var blend = settings.word("blend", "constant", List.of("constant", "gaussian"));
    return new SegmentationOptions(
        training,
        classes,
        network,
        new Preparation(orientation(arguments), spacing(arguments), IntensityOption.of(arguments)),
        augmentation,
        patch,
        settings.whole("patches", 4, 1, 1 << 20),
        settings.number("foreground", Optional.of(0.5), 0, 1),
        new SlidingWindow(
            patch,
            settings.number("overlap", Optional.of(0.25), 0, 0.95),
            blend.equals("constant") ? SlidingWindow.Blend.CONSTANT : SlidingWindow.Blend.GAUSSIAN,
            training.batchSize()),
        DiceCrossEntropy.both(arguments.bool("background_loss", true)),
        settings.bytes("cache", "1GiB"),
        data.string("evaluate", "test"),
        SampleOptions.of(arguments, classes));
  }

  private static UNet network(Arguments arguments, int classes) throws AlgoException.Configuration {
    try {
      return Settings.within(arguments, "network", network -> unet(network, classes));
    } catch (IllegalArgumentException e) {
      throw new AlgoException.Configuration("argument `network`: " + e.getMessage());
    }
  }

  private static UNet unet(Arguments network, int classes) throws AlgoException.Configuration {
    network.only("type", "channels", "strides", "residual_units");
    var settings = new Settings(network);
    settings.word("type", "unet", List.of("unet"));
    return new UNet(
        3,
        1,
        classes,
        network.integers("channels", List.of(16L, 32L, 64L)).stream()
            .map(SegmentationOptions::most)
            .toList(),
        network.integers("strides", List.of(2L, 2L)).stream()
            .map(SegmentationOptions::most)
            .toList(),
        settings.whole("residual_units", 1, 0, 10));
  }

  private static int most(long number) {
    if (number > MOST) {
      throw new IllegalArgumentException("found " + number + ", expected at most " + MOST);
    }
    return (int) number;
  }

  private static Extents patch(Settings settings, UNet network) throws AlgoException.Configuration {
    var extents = settings.wholes("patch", List.of(), List.of(3), 1, 1024);
    for (int extent : extents) {
      if (extent % network.divisor() != 0) {
        throw new AlgoException.Configuration(
            "argument `patch`: found "
                + extents
                + ", expected multiples of "
                + network.divisor()
                + ", the product of the network's strides");
      }
    }
    return new Extents(extents.get(0), extents.get(1), extents.get(2));
  }

  private static Orientation orientation(Arguments arguments) throws AlgoException.Configuration {
    try {
      return new Orientation(arguments.string("orientation", "RAS"));
    } catch (IllegalArgumentException e) {
      throw new AlgoException.Configuration("argument `orientation`: " + e.getMessage());
    }
  }

  private static Optional<List<Double>> spacing(Arguments arguments)
      throws AlgoException.Configuration {
    if (!arguments.has("spacing")) {
      return Optional.empty();
    }
    var spacing = arguments.numbers("spacing", List.of());
    if (spacing.size() != 3 || spacing.stream().anyMatch(size -> !(size >= 0.01 && size <= 100))) {
      throw new AlgoException.Configuration(
          "argument `spacing`: found " + spacing + ", expected three sizes of 0.01 to 100 mm");
    }
    return Optional.of(spacing);
  }
}
