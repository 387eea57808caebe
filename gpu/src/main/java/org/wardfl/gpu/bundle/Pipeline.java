package org.wardfl.gpu.bundle;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.wardfl.algo.bundle.plan.Step;
import org.wardfl.gpu.imaging.Extents;
import org.wardfl.gpu.imaging.Image;
import org.wardfl.gpu.imaging.ImageException;
import org.wardfl.gpu.imaging.transform.Augmentation.Pair;
import org.wardfl.gpu.imaging.transform.CenterSpatialCrop;
import org.wardfl.gpu.imaging.transform.CropForeground;
import org.wardfl.gpu.imaging.transform.Flip;
import org.wardfl.gpu.imaging.transform.Interpolation;
import org.wardfl.gpu.imaging.transform.NormalizeIntensity;
import org.wardfl.gpu.imaging.transform.Orientation;
import org.wardfl.gpu.imaging.transform.RandomCrop;
import org.wardfl.gpu.imaging.transform.Rotate90;
import org.wardfl.gpu.imaging.transform.ScaleIntensityRange;
import org.wardfl.gpu.imaging.transform.ScaleIntensityRangePercentiles;
import org.wardfl.gpu.imaging.transform.Spacing;
import org.wardfl.gpu.imaging.transform.SpatialPad;
import org.wardfl.gpu.imaging.transform.Transform;

/// The transforms of a bundle's dataset, done by those of this module.
///
/// @param steps deterministic ones first
record Pipeline(List<Step> steps) {

  Pipeline {
    steps = List.copyOf(steps);
  }

  /// Does the deterministic steps.
  ///
  /// @throws ImageException if the image does not allow one of them
  Pair prepare(Image image, Image label) throws ImageException {
    var pair = new Pair(image, label);
    for (var step : steps) {
      if (!step.isRandom()) {
        pair = prepared(step, pair);
      }
    }
    return pair;
  }

  private static Pair prepared(Step step, Pair pair) throws ImageException {
    return switch (step) {
      case Step.Space space ->
          new Pair(
              space.image()
                  ? spacing(space, space.nearestImage()).apply(pair.image())
                  : pair.image(),
              space.label()
                  ? spacing(space, space.nearestLabel()).apply(pair.label())
                  : pair.label());
      case Step.Foreground foreground -> {
        var source = foreground.byLabel() ? pair.label() : pair.image();
        var block = new CropForeground(0, foreground.margin()).block(source);
        yield new Pair(
            foreground.image() ? block.of(pair.image()) : pair.image(),
            foreground.label() ? block.of(pair.label()) : pair.label());
      }
      case Step.Orient orient -> both(step, new Orientation(orient.axes()), pair);
      case Step.Range range ->
          both(
              step,
              new ScaleIntensityRange(
                  range.from(), range.to(), range.newFrom(), range.newTo(), range.clip()),
              pair);
      case Step.Percentiles range ->
          both(
              step,
              new ScaleIntensityRangePercentiles(
                  range.lower(), range.upper(), range.newFrom(), range.newTo(), range.clip()),
              pair);
      case Step.Normalize normalize ->
          both(step, new NormalizeIntensity(normalize.nonzero()), pair);
      case Step.Pad pad -> both(step, new SpatialPad(extents(pad.extents())), pair);
      case Step.Center center -> both(step, new CenterSpatialCrop(extents(center.extents())), pair);
      case Step.Patches _, Step.Flip _, Step.Turn _, Step.Scale _, Step.Shift _, Step.Noise _ ->
          throw new IllegalArgumentException("a random step");
    };
  }

  private static Pair both(Step step, Transform transform, Pair pair) throws ImageException {
    return new Pair(
        step.image() ? transform.apply(pair.image()) : pair.image(),
        step.label() ? transform.apply(pair.label()) : pair.label());
  }

  private static Spacing spacing(Step.Space space, boolean nearest) {
    var size = space.millimetres();
    return new Spacing(
        size.get(0),
        size.get(1),
        size.get(2),
        nearest ? Interpolation.NEAREST : Interpolation.LINEAR);
  }

  static Extents extents(List<Integer> extents) {
    return new Extents(extents.get(0), extents.get(1), extents.get(2));
  }

  /// What draws patches of a prepared case, if the bundle wants patches.
  ///
  /// @throws IllegalArgumentException if a patch does not fit
  Optional<RandomCrop> crop(Pair pair) {
    return patches()
        .map(wanted ->
            new RandomCrop(
                pair.label(),
                wanted.within() ? pair.image() : pair.label(),
                wanted.within() ? wanted.threshold() : Double.NEGATIVE_INFINITY,
                extents(wanted.extents()),
                wanted.foreground()));
  }

  /// The step that draws patches, if there is one.
  Optional<Step.Patches> patches() {
    return steps.stream()
        .filter(Step.Patches.class::isInstance)
        .map(Step.Patches.class::cast)
        .findFirst();
  }

  /// What the network learns of one case this time: its patches, or the whole.
  List<Pair> draw(Pair pair, Optional<RandomCrop> crop, Random random) {
    var drawn = new ArrayList<Pair>();
    if (crop.isEmpty()) {
      drawn.add(changed(pair, random));
      return drawn;
    }
    var wanted = patches().orElseThrow();
    var size = extents(wanted.extents());
    for (int i = 0; i < wanted.count(); i++) {
      var from = crop.get().next(random);
      drawn.add(
          changed(
              new Pair(pair.image().block(from, size, 0), pair.label().block(from, size, 0)),
              random));
    }
    return drawn;
  }

  private Pair changed(Pair pair, Random random) {
    var changed = pair;
    for (var step : steps) {
      changed = changed(step, changed, random);
    }
    return changed;
  }

  private static Pair changed(Step step, Pair pair, Random random) {
    return switch (step) {
      case Step.Flip flip when happens(flip.probability(), random) -> {
        var axes = flip.axes();
        var reversed = new Flip(axes.contains(0), axes.contains(1), axes.contains(2));
        yield new Pair(
            flip.image() ? reversed.apply(pair.image()) : pair.image(),
            flip.label() ? reversed.apply(pair.label()) : pair.label());
      }
      case Step.Turn turn when happens(turn.probability(), random) -> {
        var quarters = new Rotate90(1 + random.nextInt(turn.most()), turn.first(), turn.second());
        yield new Pair(
            turn.image() ? quarters.apply(pair.image()) : pair.image(),
            turn.label() ? quarters.apply(pair.label()) : pair.label());
      }
      case Step.Scale scale when happens(scale.probability(), random) ->
          intensities(step, pair, 1 + between(scale.from(), scale.to(), random), 0);
      case Step.Shift shift when happens(shift.probability(), random) ->
          intensities(step, pair, 1, between(shift.from(), shift.to(), random));
      case Step.Noise noise when happens(noise.probability(), random) -> {
        double deviation = random.nextDouble() * noise.deviation();
        yield new Pair(
            noise.image() ? noisy(pair.image(), noise.mean(), deviation, random) : pair.image(),
            noise.label() ? noisy(pair.label(), noise.mean(), deviation, random) : pair.label());
      }
      case Step.Flip _, Step.Turn _, Step.Scale _, Step.Shift _, Step.Noise _ -> pair;
      case Step.Orient _,
          Step.Space _,
          Step.Range _,
          Step.Percentiles _,
          Step.Normalize _,
          Step.Foreground _,
          Step.Pad _,
          Step.Center _,
          Step.Patches _ ->
          pair;
    };
  }

  private static boolean happens(double probability, Random random) {
    return random.nextDouble() < probability;
  }

  private static double between(double from, double to, Random random) {
    return from + random.nextDouble() * (to - from);
  }

  private static Pair intensities(Step step, Pair pair, double factor, double offset) {
    return new Pair(
        step.image() ? linear(pair.image(), factor, offset) : pair.image(),
        step.label() ? linear(pair.label(), factor, offset) : pair.label());
  }

  private static Image linear(Image image, double factor, double offset) {
    var values = image.values().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (values[i] * factor + offset);
    }
    return image.with(values);
  }

  private static Image noisy(Image image, double mean, double deviation, Random random) {
    var values = image.values().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (values[i] + mean + deviation * random.nextGaussian());
    }
    return image.with(values);
  }
}
