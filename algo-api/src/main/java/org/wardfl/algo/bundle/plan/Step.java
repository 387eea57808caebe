package org.wardfl.algo.bundle.plan;

import java.util.List;

/// One transform of a case: what it is applied to, and MONAI's arguments. Of each the Javadoc names
/// MONAI's class.
public sealed interface Step {

  /// Whether it is applied to the images.
  boolean image();

  /// Whether it is applied to the labels.
  boolean label();

  /// Whether it draws anew each time.
  default boolean isRandom() {
    return switch (this) {
      case Orient _, Space _, Range _, Percentiles _, Normalize _, Foreground _, Pad _, Center _ ->
          false;
      case Patches _, Flip _, Turn _, Scale _, Shift _, Noise _ -> true;
    };
  }

  /// `Orientationd`.
  record Orient(boolean image, boolean label, String axes) implements Step {}

  /// `Spacingd`.
  ///
  /// @param nearestImage whether images are taken from the nearest voxel
  /// @param nearestLabel whether labels are
  record Space(
      boolean image,
      boolean label,
      List<Double> millimetres,
      boolean nearestImage,
      boolean nearestLabel)
      implements Step {
    /// Copies.
    public Space {
      millimetres = List.copyOf(millimetres);
    }
  }

  /// `ScaleIntensityRanged`.
  record Range(
      boolean image,
      boolean label,
      double from,
      double to,
      double newFrom,
      double newTo,
      boolean clip)
      implements Step {}

  /// `ScaleIntensityRangePercentilesd`.
  record Percentiles(
      boolean image,
      boolean label,
      double lower,
      double upper,
      double newFrom,
      double newTo,
      boolean clip)
      implements Step {}

  /// `NormalizeIntensityd`.
  record Normalize(boolean image, boolean label, boolean nonzero) implements Step {}

  /// `CropForegroundd` around what is above 0.
  ///
  /// @param byLabel whether the labels say where that is, not the images
  record Foreground(boolean image, boolean label, boolean byLabel, int margin) implements Step {}

  /// `SpatialPadd` with zeros on both sides.
  record Pad(boolean image, boolean label, List<Integer> extents) implements Step {
    /// Copies.
    public Pad {
      extents = List.copyOf(extents);
    }
  }

  /// `CenterSpatialCropd`.
  record Center(boolean image, boolean label, List<Integer> extents) implements Step {
    /// Copies.
    public Center {
      extents = List.copyOf(extents);
    }
  }

  /// `RandCropByPosNegLabeld`.
  ///
  /// @param foreground in which part of the cases a patch is drawn around the foreground
  /// @param count patches of a case
  /// @param within whether the others are drawn only around voxels of the image above the threshold
  /// @param threshold of the image
  record Patches(
      boolean image,
      boolean label,
      List<Integer> extents,
      double foreground,
      int count,
      boolean within,
      double threshold)
      implements Step {
    /// Copies.
    public Patches {
      extents = List.copyOf(extents);
    }
  }

  /// `RandFlipd`.
  ///
  /// @param axes that are reversed together
  record Flip(boolean image, boolean label, double probability, List<Integer> axes)
      implements Step {
    /// Copies.
    public Flip {
      axes = List.copyOf(axes);
    }
  }

  /// `RandRotate90d`.
  ///
  /// @param most quarters
  /// @param first axis of the plane
  /// @param second axis of the plane
  record Turn(boolean image, boolean label, double probability, int most, int first, int second)
      implements Step {}

  /// `RandScaleIntensityd`: times 1 plus a number of the range.
  record Scale(boolean image, boolean label, double probability, double from, double to)
      implements Step {}

  /// `RandShiftIntensityd`: plus a number of the range.
  record Shift(boolean image, boolean label, double probability, double from, double to)
      implements Step {}

  /// `RandGaussianNoised`: as MONAI draws its standard deviation, from 0 up to this.
  record Noise(boolean image, boolean label, double probability, double mean, double deviation)
      implements Step {}
}
