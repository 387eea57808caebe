package org.wardfl.gpu.imaging.transform;

import org.wardfl.gpu.imaging.Image;

/// Turns the axes so that their indices grow in these directions, by exchanging and reversing axes
/// only: every value stays what it was. Source: MONAI `Orientation`.
///
/// @param axes three of R or L, A or P, S or I, such as `RAS`
public record Orientation(String axes) implements Transform {

  private static final String WORLD = "RASLPI";

  /// Checks.
  ///
  /// @throws IllegalArgumentException unless each world axis is named once
  public Orientation {
    var seen = new boolean[3];
    for (int i = 0; i < axes.length(); i++) {
      int world = WORLD.indexOf(axes.charAt(i));
      if (world < 0 || axes.length() != 3 || seen[world % 3]) {
        throw new IllegalArgumentException(
            "orientation " + axes + ", expected one each of R or L, A or P, S or I, such as RAS");
      }
      seen[world % 3] = true;
    }
    if (axes.length() != 3) {
      throw new IllegalArgumentException("orientation of " + axes.length() + " letters");
    }
  }

  @Override
  public Image apply(Image image) {
    var found = image.affine().orientation();
    if (found.equals(axes)) {
      return image;
    }
    var order = new int[3];
    var reversed = new boolean[3];
    for (int axis = 0; axis < 3; axis++) {
      int wanted = WORLD.indexOf(axes.charAt(axis));
      for (int source = 0; source < 3; source++) {
        int has = WORLD.indexOf(found.charAt(source));
        if (has % 3 == wanted % 3) {
          order[axis] = source;
          reversed[axis] = has != wanted;
        }
      }
    }
    return Axes.rearranged(image, order, reversed);
  }
}
