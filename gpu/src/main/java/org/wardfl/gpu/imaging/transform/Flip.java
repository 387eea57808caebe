package org.wardfl.gpu.imaging.transform;

import org.wardfl.gpu.imaging.Image;

/// Reverses axes. Source: MONAI `Flip`.
///
/// @param x whether the first
/// @param y whether the second
/// @param z whether the third
public record Flip(boolean x, boolean y, boolean z) implements Transform {

  @Override
  public Image apply(Image image) {
    return x || y || z
        ? Axes.rearranged(image, new int[] {0, 1, 2}, new boolean[] {x, y, z})
        : image;
  }
}
