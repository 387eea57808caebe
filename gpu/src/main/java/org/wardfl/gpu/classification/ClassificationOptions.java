package org.wardfl.gpu.classification;

import java.util.List;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Arguments;
import org.wardfl.gpu.imaging.Extents;
import org.wardfl.gpu.imaging.transform.Augmentation;
import org.wardfl.gpu.imaging.transform.Transform;
import org.wardfl.gpu.network.ConvNet;
import org.wardfl.gpu.option.AugmentationOption;
import org.wardfl.gpu.option.IntensityOption;
import org.wardfl.gpu.option.Settings;
import org.wardfl.gpu.sample.SampleOptions;
import org.wardfl.gpu.training.TrainingOptions;

/// The arguments of `torch-classification`, checked.
///
/// @param training how a task trains
/// @param classes how many there are
/// @param channels 1 for grey pictures, 3 for colours
/// @param network the network
/// @param size rows and columns that every picture is resized to
/// @param intensity what is done to every picture's values
/// @param augmentation what is done to every picture that is learned from
/// @param cacheBytes how much prepared pictures may take up
/// @param evaluate the value of the list's column `split` in the rows that models are scored on
/// @param samples which scored pictures a site may keep
record ClassificationOptions(
    TrainingOptions training,
    int classes,
    int channels,
    ConvNet network,
    Extents size,
    Transform intensity,
    Augmentation augmentation,
    long cacheBytes,
    String evaluate,
    SampleOptions samples) {

  static ClassificationOptions of(Arguments arguments, Arguments data)
      throws AlgoException.Configuration {
    arguments.only(
        TrainingOptions.keysWith(
            "classes",
            "colours",
            "network",
            "size",
            "intensity",
            "augmentation",
            "cache",
            "samples",
            "class_names"));
    data.only("format", "evaluate");
    new Settings(data).word("format", "png", List.of("png", "jpeg"));
    var settings = new Settings(arguments);
    int classes = settings.whole("classes", 2, 2, 1000);
    int channels = arguments.bool("colours", false) ? 3 : 1;
    var network = network(arguments, channels, classes);
    var size = settings.wholes("size", List.of(), List.of(2), network.least(), 4096);
    var augmentation = AugmentationOption.of(arguments);
    if (augmentation.rotate90() && !size.get(0).equals(size.get(1))) {
      throw new AlgoException.Configuration(
          "argument `augmentation`: rotate90 needs as many rows as columns, found " + size);
    }
    return new ClassificationOptions(
        TrainingOptions.of(arguments),
        classes,
        channels,
        network,
        new Extents(size.get(0), size.get(1), 1),
        IntensityOption.of(arguments),
        augmentation,
        settings.bytes("cache", "1GiB"),
        data.string("evaluate", "test"),
        SampleOptions.of(arguments, classes));
  }

  private static ConvNet network(Arguments arguments, int channels, int classes)
      throws AlgoException.Configuration {
    try {
      return Settings.within(arguments, "network", network -> cnn(network, channels, classes));
    } catch (IllegalArgumentException e) {
      throw new AlgoException.Configuration("argument `network`: " + e.getMessage());
    }
  }

  private static ConvNet cnn(Arguments network, int channels, int classes)
      throws AlgoException.Configuration {
    network.only("type", "channels", "groups", "grid");
    var settings = new Settings(network);
    settings.word("type", "cnn", List.of("cnn"));
    var widths =
        settings.wholes("channels", List.of(8L, 16L, 32L), List.of(1, 2, 3, 4, 5, 6), 1, 4096);
    return new ConvNet(
        channels,
        classes,
        widths,
        settings.whole("groups", 4, 1, 4096),
        settings.whole("grid", 4, 1, 64));
  }
}
