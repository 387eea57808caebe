package org.wardfl.gpu.sample;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.wardfl.gpu.imaging.Image;

/// A slice of a volume, as it is shown: across one axis; of the other two the lower one from left
/// to right, the higher one upwards.
///
/// @param axis 0 to 2, the one that the slice lies across
/// @param at its place along that axis
/// @param part what is shown of the volume
record Cut(int axis, int at, Box part) {

  /// Slices through the foreground of the part that predictions are scored in: across the axis
  /// along which that part is shortest, so that they show as much as they can, and as wide as
  /// whatever truth and prediction mark, with some room around it.
  ///
  /// @param region where predictions are scored, if not everywhere
  /// @param count how many; fewer come back where there are not so many
  static List<Cut> through(Image truth, Image prediction, Optional<Image> region, int count) {
    var whole = new Box(new int[3], truth.extents().toArray());
    var scored = region.map(image -> Box.around(whole, image)).orElse(whole);
    var spacing = truth.affine().spacing();
    int axis = scored.shortest(spacing);
    var part = Box.around(scored, truth, prediction).wider(spacing, scored).along(axis, scored);
    var foreground = new long[part.size(axis)];
    long total = 0;
    for (int x = 0; x < part.size(0); x++) {
      for (int y = 0; y < part.size(1); y++) {
        for (int z = 0; z < part.size(2); z++) {
          if (truth.at(0, part.from(0) + x, part.from(1) + y, part.from(2) + z) != 0) {
            foreground[axis == 0 ? x : axis == 1 ? y : z]++;
            total++;
          }
        }
      }
    }
    var places = new TreeSet<Integer>();
    for (int i = 1; i <= count; i++) {
      double share = (double) i / (count + 1);
      places.add(
          part.from(axis)
              + (total == 0 ? (int) (share * part.size(axis)) : place(foreground, share * total)));
    }
    var cuts = new ArrayList<Cut>();
    places.forEach(place -> cuts.add(new Cut(axis, place, part)));
    return cuts;
  }

  /// Where so much of the foreground lies before.
  private static int place(long[] foreground, double wanted) {
    long before = 0;
    for (int at = 0; at < foreground.length; at++) {
      before += foreground[at];
      if (before > wanted) {
        return at;
      }
    }
    return foreground.length - 1;
  }

  /// The axis from left to right.
  private int across() {
    return axis == 0 ? 1 : 0;
  }

  /// The axis from below.
  private int up() {
    return axis == 2 ? 1 : 2;
  }

  /// How many voxels it shows from left to right.
  int columns() {
    return part.size(across());
  }

  /// How many voxels it shows from top to bottom.
  int rows() {
    return part.size(up());
  }

  /// How wide a voxel is that it shows.
  double columnMillimetres(Image image) {
    return image.affine().spacing()[across()];
  }

  /// How high a voxel is that it shows.
  double rowMillimetres(Image image) {
    return image.affine().spacing()[up()];
  }

  /// The value that is shown at a place, counted from the top left corner.
  float value(Image image, int column, int row) {
    var voxel = new int[3];
    voxel[axis] = at;
    voxel[across()] = part.from(across()) + column;
    voxel[up()] = part.from(up()) + rows() - 1 - row;
    return image.at(0, voxel[0], voxel[1], voxel[2]);
  }
}
