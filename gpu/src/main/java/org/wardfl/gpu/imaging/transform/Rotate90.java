package org.wardfl.gpu.imaging.transform;

import org.wardfl.gpu.imaging.Image;

/// Turns by quarters in the plane of two axes, from the first towards the second, as NumPy's
/// `rot90` does. Source: MONAI `Rotate90`.
///
/// @param quarters how many, 0 to 3
/// @param first axis, 0 to 2
/// @param second axis, another one
public record Rotate90(int quarters, int first, int second) implements Transform {

  /// Checks.
  ///
  /// @throws IllegalArgumentException on other numbers
  public Rotate90 {
    if (quarters < 0
        || quarters > 3
        || first == second
        || first < 0
        || second < 0
        || first > 2
        || second > 2) {
      throw new IllegalArgumentException(
          quarters + " quarters in the plane of axes " + first + " and " + second);
    }
  }

  @Override
  public Image apply(Image image) {
    var order = new int[] {0, 1, 2};
    var reversed = new boolean[3];
    if (quarters % 2 == 1) {
      order[first] = second;
      order[second] = first;
    }
    reversed[first] = quarters == 1 || quarters == 2;
    reversed[second] = quarters == 2 || quarters == 3;
    return quarters == 0 ? image : Axes.rearranged(image, order, reversed);
  }
}
