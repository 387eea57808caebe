package org.wardfl.algo.bundle.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.wardfl.algo.bundle.expression.Value;

/// Reads the transforms of a dataset.
final class StepReader {

  static final String IMAGE = "image";
  static final String LABEL = "label";

  private static final double RARELY = 0.1;
  private static final List<String> NEAREST = List.of("bilinear", "nearest");

  private StepReader() {}

  /// @param transform what the dataset's `transform` stands for: one, or several in `Compose`
  static List<Step> read(Component transform) throws NotNativeException {
    var all = new ArrayList<Component>();
    flatten(transform, all);
    if (all.isEmpty() || !all.getFirst().target().equals("LoadImaged")) {
      throw transform.wrong("the first transform is not LoadImaged");
    }
    var steps = new ArrayList<Step>();
    for (var one : all) {
      var read = step(one);
      if (read.isEmpty()) {
        continue;
      }
      var step = read.getFirst();
      boolean afterRandom = !steps.isEmpty() && steps.getLast().isRandom();
      if (afterRandom && (!step.isRandom() || step instanceof Step.Patches)) {
        throw one.wrong(one.target() + " after a random transform");
      }
      steps.add(step);
    }
    return steps;
  }

  private static void flatten(Component transform, List<Component> all) throws NotNativeException {
    if (!transform.target().equals("Compose")) {
      all.add(transform);
      return;
    }
    transform.only("transforms", "map_items", "unpack_items");
    for (var inner : transform.objects("transforms")) {
      flatten(inner, all);
    }
  }

  /// One step, or none for what the engine does anyway.
  private static List<Step> step(Component one) throws NotNativeException {
    return switch (one.target()) {
      case "LoadImaged" -> {
        one.only("keys", "image_only", "ensure_channel_first", "dtype", "reader");
        if (!Set.copyOf(one.texts("keys")).equals(Set.of(IMAGE, LABEL))) {
          throw one.wrong("LoadImaged of " + one.texts("keys") + ", expected image and label");
        }
        yield List.of();
      }
      case "EnsureChannelFirstd" -> {
        one.only("keys", "strict_check", "channel_dim");
        one.usual("channel_dim", new Value.Text("no_channel"));
        yield List.of();
      }
      case "EnsureTyped" -> {
        one.only("keys", "dtype", "device", "data_type", "track_meta", "allow_missing_keys");
        yield List.of();
      }
      default -> List.of(deterministic(one));
    };
  }

  private static Step deterministic(Component one) throws NotNativeException {
    boolean image = applies(one, IMAGE);
    boolean label = applies(one, LABEL);
    return switch (one.target()) {
      case "Orientationd" -> {
        one.only("keys", "axcodes");
        yield new Step.Orient(image, label, one.text("axcodes", "RAS"));
      }
      case "Spacingd" -> space(one, image, label);
      case "ScaleIntensityRanged" -> {
        one.only("keys", "a_min", "a_max", "b_min", "b_max", "clip");
        double from = one.number("a_min", 0);
        double to = one.number("a_max", 0);
        if (!(from < to)) {
          throw one.wrong("a_min " + from + " is not below a_max " + to);
        }
        yield new Step.Range(
            image,
            label,
            from,
            to,
            one.number("b_min", from),
            one.number("b_max", to),
            one.truth("clip", false));
      }
      case "ScaleIntensityRangePercentilesd" -> {
        one.only("keys", "lower", "upper", "b_min", "b_max", "clip", "relative", "channel_wise");
        one.usual("relative", new Value.Truth(false));
        yield new Step.Percentiles(
            image,
            label,
            one.number("lower", 0),
            one.number("upper", 100),
            one.number("b_min", 0),
            one.number("b_max", 1),
            one.truth("clip", false));
      }
      case "NormalizeIntensityd" -> {
        // Of one channel, channel-wise and not are the same.
        one.only("keys", "nonzero", "channel_wise");
        yield new Step.Normalize(image, label, one.truth("nonzero", false));
      }
      case "CropForegroundd" -> {
        one.only("keys", "source_key", "margin", "allow_smaller");
        one.usual("allow_smaller", new Value.Truth(false));
        yield new Step.Foreground(image, label, source(one), one.whole("margin", 0));
      }
      case "SpatialPadd" -> {
        one.only("keys", "spatial_size", "method", "mode");
        one.usual("method", new Value.Text("symmetric"));
        one.usual("mode", new Value.Text("constant"));
        yield new Step.Pad(image, label, one.extents("spatial_size"));
      }
      case "CenterSpatialCropd" -> {
        one.only("keys", "roi_size");
        yield new Step.Center(image, label, one.extents("roi_size"));
      }
      default -> random(one, image, label);
    };
  }

  private static Step space(Component one, boolean image, boolean label) throws NotNativeException {
    one.only("keys", "pixdim", "mode", "padding_mode");
    one.usual("padding_mode", new Value.Text("border"));
    var sizes = one.numbers("pixdim");
    if (sizes.size() != 3 || sizes.stream().anyMatch(size -> !(size > 0))) {
      throw one.wrong("pixdim " + sizes + ", expected three positive sizes");
    }
    var keys = one.texts("keys");
    var modes = one.has("mode") ? one.texts("mode") : List.of("bilinear");
    if (!NEAREST.containsAll(modes) || (modes.size() != 1 && modes.size() != keys.size())) {
      throw one.wrong("mode " + modes + ", expected bilinear or nearest for each key");
    }
    return new Step.Space(
        image, label, sizes, nearest(keys, modes, IMAGE), nearest(keys, modes, LABEL));
  }

  private static boolean nearest(List<String> keys, List<String> modes, String key) {
    int at = Math.max(0, keys.indexOf(key));
    return modes.get(modes.size() == 1 ? 0 : at).equals("nearest");
  }

  private static Step random(Component one, boolean image, boolean label)
      throws NotNativeException {
    return switch (one.target()) {
      case "RandCropByPosNegLabeld" -> patches(one, image && label);
      case "RandFlipd" -> {
        one.only("keys", "prob", "spatial_axis");
        yield new Step.Flip(image, label, probability(one), axes(one, "spatial_axis"));
      }
      case "RandRotate90d" -> {
        one.only("keys", "prob", "max_k", "spatial_axes");
        var plane = one.has("spatial_axes") ? axes(one, "spatial_axes") : List.of(0, 1);
        int most = one.whole("max_k", 3);
        if (plane.size() != 2 || plane.get(0).equals(plane.get(1)) || most < 1 || most > 3) {
          throw one.wrong("expected a plane of two axes and max_k 1 to 3");
        }
        yield new Step.Turn(image, label, probability(one), most, plane.get(0), plane.get(1));
      }
      case "RandScaleIntensityd" -> {
        one.only("keys", "prob", "factors");
        var range = range(one, "factors");
        yield new Step.Scale(image, label, probability(one), range.get(0), range.get(1));
      }
      case "RandShiftIntensityd" -> {
        one.only("keys", "prob", "offsets");
        var range = range(one, "offsets");
        yield new Step.Shift(image, label, probability(one), range.get(0), range.get(1));
      }
      case "RandGaussianNoised" -> {
        one.only("keys", "prob", "mean", "std", "sample_std");
        one.usual("sample_std", new Value.Truth(true));
        yield new Step.Noise(
            image, label, probability(one), one.number("mean", 0), one.number("std", 0.1));
      }
      default -> throw one.wrong(one.target());
    };
  }

  private static Step patches(Component one, boolean both) throws NotNativeException {
    one.only(
        "keys",
        "label_key",
        "spatial_size",
        "pos",
        "neg",
        "num_samples",
        "image_key",
        "image_threshold",
        "allow_smaller");
    one.usual("label_key", new Value.Text(LABEL));
    one.usual("image_key", new Value.Text(IMAGE));
    one.usual("allow_smaller", new Value.Truth(false));
    double positive = one.number("pos", 1);
    double negative = one.number("neg", 1);
    int count = one.whole("num_samples", 1);
    if (!both || !(positive >= 0 && negative >= 0 && positive + negative > 0) || count < 1) {
      throw one.wrong("expected image and label, pos and neg from 0, and num_samples from 1");
    }
    return new Step.Patches(
        true,
        true,
        one.extents("spatial_size"),
        positive / (positive + negative),
        count,
        one.has("image_key"),
        one.number("image_threshold", 0));
  }

  private static boolean source(Component one) throws NotNativeException {
    var source = one.text("source_key", "");
    if (!source.equals(IMAGE) && !source.equals(LABEL)) {
      throw one.wrong("source_key '" + source + "', expected image or label");
    }
    return source.equals(LABEL);
  }

  private static boolean applies(Component one, String key) throws NotNativeException {
    if (!one.has("keys")) {
      throw one.wrong(one.target());
    }
    var keys = one.texts("keys");
    if (!Set.of(IMAGE, LABEL).containsAll(keys)) {
      throw one.wrong(one.target() + " of " + keys + ", expected image and label");
    }
    return keys.contains(key);
  }

  private static double probability(Component one) throws NotNativeException {
    double probability = one.number("prob", RARELY);
    if (!(probability >= 0 && probability <= 1)) {
      throw one.wrong("prob " + probability + ", expected 0 to 1");
    }
    return probability;
  }

  private static List<Integer> axes(Component one, String argument) throws NotNativeException {
    if (!one.has(argument) || one.value(argument) instanceof Value.Nothing) {
      return List.of(0, 1, 2);
    }
    var axes = new ArrayList<Integer>();
    for (int axis : one.wholes(argument)) {
      int counted = axis < 0 ? axis + 3 : axis;
      if (counted < 0 || counted > 2 || axes.contains(counted)) {
        throw one.wrong(argument + " " + one.wholes(argument) + ", expected axes 0 to 2");
      }
      axes.add(counted);
    }
    return axes;
  }

  /// One number stands for the range from its negative to itself.
  private static List<Double> range(Component one, String argument) throws NotNativeException {
    var numbers = one.numbers(argument);
    if (numbers.size() == 1) {
      double most = Math.abs(numbers.getFirst());
      return List.of(-most, most);
    }
    if (numbers.size() != 2) {
      throw one.wrong(argument + " " + numbers + ", expected one or two numbers");
    }
    return List.of(
        Math.min(numbers.get(0), numbers.get(1)), Math.max(numbers.get(0), numbers.get(1)));
  }
}
