package org.wardfl.gpu.imaging.transform;

import java.util.Random;
import org.wardfl.gpu.imaging.Image;

/// Random changes that leave the truth true, drawn anew for each image. Source: MONAI `RandFlip`,
/// `RandRotate90`, `RandScaleIntensity`, `RandShiftIntensity` and `RandGaussianNoise`.
///
/// @param flipX whether the first axis is reversed in half of the cases
/// @param flipY whether the second
/// @param flipZ whether the third
/// @param rotate90 whether the plane of the first two axes, which must be equally long, is turned
///   by 0 to 3 quarters
/// @param scale intensities are multiplied by 1 ± this, uniformly
/// @param shift and moved by ± this, uniformly
/// @param noise standard deviation of what is added to every value
public record Augmentation(
    boolean flipX,
    boolean flipY,
    boolean flipZ,
    boolean rotate90,
    double scale,
    double shift,
    double noise) {

  /// Checks.
  ///
  /// @throws IllegalArgumentException on a negative amount
  public Augmentation {
    if (!(scale >= 0 && shift >= 0 && noise >= 0)) {
      throw new IllegalArgumentException(
          "scale " + scale + ", shift " + shift + ", noise " + noise);
    }
  }

  /// An image and its label, changed alike.
  ///
  /// @param image what the network sees
  /// @param label what it should find
  public record Pair(Image image, Image label) {}

  /// No change at all.
  public static Augmentation none() {
    return new Augmentation(false, false, false, false, 0, 0, 0);
  }

  /// Draws the next change.
  public Pair apply(Image image, Image label, Random random) {
    var flip =
        new Flip(
            flipX && random.nextBoolean(),
            flipY && random.nextBoolean(),
            flipZ && random.nextBoolean());
    var turn = new Rotate90(rotate90 ? random.nextInt(4) : 0, 0, 1);
    return new Pair(
        intensities(turn.apply(flip.apply(image)), random), turn.apply(flip.apply(label)));
  }

  /// Draws the next change for an image without a label of its own grid.
  public Image apply(Image image, Random random) {
    return apply(image, image, random).image();
  }

  private Image intensities(Image image, Random random) {
    if (scale == 0 && shift == 0 && noise == 0) {
      return image;
    }
    double factor = 1 + scale * (2 * random.nextDouble() - 1);
    double offset = shift * (2 * random.nextDouble() - 1);
    var values = image.values().clone();
    for (int i = 0; i < values.length; i++) {
      double value = values[i] * factor + offset;
      values[i] = (float) (noise == 0 ? value : value + noise * random.nextGaussian());
    }
    return image.with(values);
  }
}
