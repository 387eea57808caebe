package org.wardfl.gpu.imaging;

import java.util.Arrays;

/// From voxel indices to millimetres: a 4x4 matrix whose last row is 0 0 0 1, in float64. World
/// axes point to the patient's right, front and head (RAS+), as NIfTI has them. Immutable.
public final class Affine {

  private static final int SIZE = 4;

  private final double[] cells;

  private Affine(double[] cells) {
    this.cells = cells;
  }

  /// Voxels of 1 mm, the first at the origin.
  public static Affine identity() {
    return of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0);
  }

  /// The first three rows, row by row.
  ///
  /// @throws IllegalArgumentException unless there are 12 finite numbers
  public static Affine of(double... rows) {
    if (rows.length != 12 || !Arrays.stream(rows).allMatch(Double::isFinite)) {
      throw new IllegalArgumentException("an affine has 12 finite numbers in its three rows");
    }
    var cells = Arrays.copyOf(rows, SIZE * SIZE);
    cells[15] = 1;
    return new Affine(cells);
  }

  /// The cell in this row and column, 0 to 3 each.
  public double at(int row, int column) {
    return cells[row * SIZE + column];
  }

  /// This matrix times a homogeneous vector (x, y, z, 1).
  public double[] apply(double x, double y, double z) {
    var result = new double[3];
    for (int row = 0; row < 3; row++) {
      result[row] = at(row, 0) * x + at(row, 1) * y + at(row, 2) * z + at(row, 3);
    }
    return result;
  }

  /// The size of a voxel along each of its axes, in millimetres.
  public double[] spacing() {
    var spacing = new double[3];
    for (int axis = 0; axis < 3; axis++) {
      spacing[axis] =
          StrictMath.sqrt(
              at(0, axis) * at(0, axis) + at(1, axis) * at(1, axis) + at(2, axis) * at(2, axis));
    }
    return spacing;
  }

  /// Of a grid whose first voxel lies at this grid's indices (x, y, z), and whose index along axis
  /// a grows by `steps[a]` of this grid's.
  public Affine grid(double x, double y, double z, double... steps) {
    var origin = apply(x, y, z);
    var rows = new double[12];
    for (int row = 0; row < 3; row++) {
      for (int axis = 0; axis < 3; axis++) {
        rows[row * SIZE + axis] = at(row, axis) * steps[axis];
      }
      rows[row * SIZE + 3] = origin[row];
    }
    return of(rows);
  }

  /// Of the same voxels with axes in another order.
  ///
  /// @param order for each new axis, the old one
  public Affine permuted(int... order) {
    var rows = new double[12];
    for (int row = 0; row < 3; row++) {
      for (int axis = 0; axis < 3; axis++) {
        rows[row * SIZE + axis] = at(row, order[axis]);
      }
      rows[row * SIZE + 3] = at(row, 3);
    }
    return of(rows);
  }

  /// The determinant of the 3x3 part: 0 if the axes do not span space.
  public double determinant() {
    return at(0, 0) * (at(1, 1) * at(2, 2) - at(1, 2) * at(2, 1))
        - at(0, 1) * (at(1, 0) * at(2, 2) - at(1, 2) * at(2, 0))
        + at(0, 2) * (at(1, 0) * at(2, 1) - at(1, 1) * at(2, 0));
  }

  /// Whether no cell differs by more than this.
  public boolean isClose(Affine other, double tolerance) {
    for (int i = 0; i < cells.length; i++) {
      if (!(Math.abs(cells[i] - other.cells[i]) <= tolerance)) {
        return false;
      }
    }
    return true;
  }

  /// For each axis of the voxels, the letter of the direction in which its index grows: R or L, A
  /// or P, S or I. The axis that is closest to a world axis is named first.
  ///
  /// Source: nibabel `io_orientation`, without its polar decomposition; both agree unless an image
  /// is sheared.
  public String orientation() {
    var spacing = spacing();
    var letters = new char[3];
    var takenWorld = new boolean[3];
    var takenAxis = new boolean[3];
    for (int round = 0; round < 3; round++) {
      int bestAxis = -1;
      int bestWorld = -1;
      double best = -1;
      for (int axis = 0; axis < 3; axis++) {
        for (int world = 0; world < 3; world++) {
          double cosine = Math.abs(at(world, axis)) / spacing[axis];
          if (!takenAxis[axis] && !takenWorld[world] && cosine > best) {
            best = cosine;
            bestAxis = axis;
            bestWorld = world;
          }
        }
      }
      takenAxis[bestAxis] = true;
      takenWorld[bestWorld] = true;
      letters[bestAxis] = (at(bestWorld, bestAxis) < 0 ? "LPI" : "RAS").charAt(bestWorld);
    }
    return new String(letters);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Affine affine && Arrays.equals(cells, affine.cells);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(cells);
  }

  @Override
  public String toString() {
    return Arrays.toString(Arrays.copyOf(cells, 12));
  }
}
