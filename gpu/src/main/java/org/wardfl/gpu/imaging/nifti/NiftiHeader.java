package org.wardfl.gpu.imaging.nifti;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.wardfl.gpu.imaging.Affine;
import org.wardfl.gpu.imaging.Extents;
import org.wardfl.gpu.imaging.ImageException;

/// What a NIfTI-1 header says, checked.
///
/// Source: the NIfTI-1 header file `nifti1.h` of the NIfTI Data Format Working Group, 2003 to 2007.
///
/// @param order of the bytes in header and data
/// @param extents voxels along the axes; the first varies fastest in the file
/// @param type of the values as they are stored
/// @param dataOffset where they begin, in bytes
/// @param slope a stored value times this, plus the intercept, is the value
/// @param intercept see slope
/// @param affine sform, else qform, else the sizes of the voxels
record NiftiHeader(
    ByteOrder order,
    Extents extents,
    NiftiType type,
    long dataOffset,
    double slope,
    double intercept,
    Affine affine) {

  static final int BYTES = 348;
  private static final int NIFTI2_BYTES = 540;
  private static final long LARGEST_OFFSET = 1L << 30;

  /// Reads a header.
  ///
  /// @param bytes at least [#BYTES] of the file's first
  static NiftiHeader read(ByteBuffer bytes) throws ImageException {
    var order = order(bytes);
    bytes.order(order);
    magic(bytes);
    var type = NiftiType.of(bytes.getShort(70));
    int bits = bytes.getShort(72);
    if (bits != type.bytes() * Byte.SIZE) {
      throw new ImageException(
          "the NIfTI header says "
              + bits
              + " bits for a value of type "
              + type
              + ", expected "
              + type.bytes() * Byte.SIZE);
    }
    float offset = bytes.getFloat(108);
    if (!(offset >= BYTES && offset <= LARGEST_OFFSET)) {
      throw new ImageException(
          "the NIfTI header says that data begins at byte " + offset + ", expected 352 or later");
    }
    double slope = bytes.getFloat(112);
    double intercept = bytes.getFloat(116);
    // A slope of 0 means that there is no scaling at all.
    boolean scaled = slope != 0 && Double.isFinite(slope) && Double.isFinite(intercept);
    return new NiftiHeader(
        order,
        extents(bytes),
        type,
        (long) offset,
        scaled ? slope : 1,
        scaled ? intercept : 0,
        affine(bytes));
  }

  private static ByteOrder order(ByteBuffer bytes) throws ImageException {
    int size = bytes.order(ByteOrder.LITTLE_ENDIAN).getInt(0);
    if (size == BYTES) {
      return ByteOrder.LITTLE_ENDIAN;
    }
    if (Integer.reverseBytes(size) == BYTES) {
      return ByteOrder.BIG_ENDIAN;
    }
    if (size == NIFTI2_BYTES || Integer.reverseBytes(size) == NIFTI2_BYTES) {
      throw new ImageException("a NIfTI-2 file; expected NIfTI-1: convert it");
    }
    throw new ImageException("not a NIfTI-1 file: it begins with " + size + ", expected 348");
  }

  private static void magic(ByteBuffer bytes) throws ImageException {
    int n = bytes.get(344);
    int second = bytes.get(345);
    int one = bytes.get(346);
    if (n == 'n' && second == 'i' && one == '1') {
      throw new ImageException(
          "a header of a .hdr/.img pair; expected header and data in one .nii or .nii.gz file");
    }
    if (n != 'n' || second != '+' || one != '1') {
      throw new ImageException("not a NIfTI-1 file: its header does not end in n+1");
    }
  }

  private static Extents extents(ByteBuffer bytes) throws ImageException {
    int dimensions = bytes.getShort(40);
    if (dimensions < 1 || dimensions > 7) {
      throw new ImageException("the NIfTI header says " + dimensions + " dimensions, expected 3");
    }
    var extents = new int[] {1, 1, 1};
    for (int i = 0; i < dimensions; i++) {
      int extent = bytes.getShort(42 + 2 * i);
      if (i < 3) {
        extents[i] = extent;
      } else if (extent > 1) {
        throw new ImageException(
            "an image of "
                + dimensions
                + " dimensions with "
                + extent
                + " along number "
                + (i + 1)
                + "; expected one volume: split it");
      }
    }
    try {
      return Extents.of(extents);
    } catch (IllegalArgumentException e) {
      throw new ImageException("the NIfTI header says " + e.getMessage(), e);
    }
  }

  private static Affine affine(ByteBuffer bytes) throws ImageException {
    Affine affine;
    try {
      if (bytes.getShort(254) > 0) {
        affine = sform(bytes);
      } else if (bytes.getShort(252) > 0) {
        affine = qform(bytes);
      } else {
        affine = sizes(bytes);
      }
    } catch (IllegalArgumentException e) {
      throw new ImageException("the NIfTI header's affine has numbers that are not finite", e);
    }
    if (Math.abs(affine.determinant()) < 1e-12) {
      throw new ImageException("the NIfTI header's affine is singular: " + affine);
    }
    return affine;
  }

  private static Affine sform(ByteBuffer bytes) {
    var rows = new double[12];
    for (int i = 0; i < 12; i++) {
      rows[i] = bytes.getFloat(280 + Float.BYTES * i);
    }
    return Affine.of(rows);
  }

  // nifti1.h, method 2: a unit quaternion whose first component is implied.
  private static Affine qform(ByteBuffer bytes) {
    double b = bytes.getFloat(256);
    double c = bytes.getFloat(260);
    double d = bytes.getFloat(264);
    double rest = 1 - (b * b + c * c + d * d);
    double a = 0;
    if (rest > 1e-7) {
      a = StrictMath.sqrt(rest);
    } else {
      double norm = StrictMath.sqrt(b * b + c * c + d * d);
      b /= norm;
      c /= norm;
      d /= norm;
    }
    double x = size(bytes, 1);
    double y = size(bytes, 2);
    double z = size(bytes, 3) * (bytes.getFloat(76) < 0 ? -1 : 1);
    return Affine.of(
        (a * a + b * b - c * c - d * d) * x,
        2 * (b * c - a * d) * y,
        2 * (b * d + a * c) * z,
        bytes.getFloat(268),
        2 * (b * c + a * d) * x,
        (a * a + c * c - b * b - d * d) * y,
        2 * (c * d - a * b) * z,
        bytes.getFloat(272),
        2 * (b * d - a * c) * x,
        2 * (c * d + a * b) * y,
        (a * a + d * d - b * b - c * c) * z,
        bytes.getFloat(276));
  }

  // Method 1, as nibabel has it: the patient's left first, the middle of the image at the origin.
  private static Affine sizes(ByteBuffer bytes) throws ImageException {
    var extents = extents(bytes);
    double x = size(bytes, 1);
    double y = size(bytes, 2);
    double z = size(bytes, 3);
    return Affine.of(
        -x,
        0,
        0,
        (extents.x() - 1) / 2.0 * x,
        0,
        y,
        0,
        -(extents.y() - 1) / 2.0 * y,
        0,
        0,
        z,
        -(extents.z() - 1) / 2.0 * z);
  }

  private static double size(ByteBuffer bytes, int axis) {
    double size = Math.abs(bytes.getFloat(76 + Float.BYTES * axis));
    return size == 0 ? 1 : size;
  }
}
