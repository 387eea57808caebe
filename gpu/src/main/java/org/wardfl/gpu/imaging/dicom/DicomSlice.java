package org.wardfl.gpu.imaging.dicom;

import java.util.Arrays;
import org.wardfl.gpu.imaging.ImageException;

/// One slice: grey values and where they lie, in DICOM's coordinates (to the patient's left, back
/// and head, in millimetres).
///
/// @param series its identifier, to tell series apart; it is not written anywhere
/// @param rows of pixels
/// @param columns of pixels
/// @param position of the first pixel
/// @param directions of a row (three numbers), then of a column
/// @param spacing between rows, then between columns
/// @param values row by row, scaled
// Arrays of a record that lives while a series is put together.
@SuppressWarnings("ArrayRecordComponent")
record DicomSlice(
    String series,
    int rows,
    int columns,
    double[] position,
    double[] directions,
    double[] spacing,
    float[] values) {

  private static final double UNIT = 1e-3;

  static DicomSlice read(byte[] file) throws ImageException {
    var elements = DicomElements.read(file);
    int rows = elements.number(DicomElements.ROWS, "Rows");
    int columns = elements.number(DicomElements.COLUMNS, "Columns");
    if (rows < 1 || columns < 1) {
      throw new ImageException(rows + " rows and " + columns + " columns, expected some");
    }
    if (elements.number(DicomElements.SAMPLES, "SamplesPerPixel") != 1) {
      throw new ImageException("a DICOM image in colours, expected grey values");
    }
    if (elements.decimal(DicomElements.FRAMES, 1, "NumberOfFrames") != 1) {
      throw new ImageException("a DICOM file of several frames, expected one slice a file");
    }
    var directions = elements.decimals(DicomElements.ORIENTATION, 6, "ImageOrientationPatient");
    checkDirections(directions);
    var spacing = elements.decimals(DicomElements.SPACING, 2, "PixelSpacing");
    if (!(spacing[0] > 0 && spacing[1] > 0)) {
      throw new ImageException("PixelSpacing " + Arrays.toString(spacing) + ", expected positive");
    }
    return new DicomSlice(
        elements.text(DicomElements.SERIES).orElse(""),
        rows,
        columns,
        elements.decimals(DicomElements.POSITION, 3, "ImagePositionPatient"),
        directions,
        spacing,
        values(elements, Math.multiplyExact(rows, columns)));
  }

  private static void checkDirections(double[] d) throws ImageException {
    double row = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
    double column = d[3] * d[3] + d[4] * d[4] + d[5] * d[5];
    double angle = d[0] * d[3] + d[1] * d[4] + d[2] * d[5];
    if (!(Math.abs(row - 1) < UNIT && Math.abs(column - 1) < UNIT && Math.abs(angle) < UNIT)) {
      throw new ImageException(
          "ImageOrientationPatient does not hold two directions at right angles");
    }
  }

  private static float[] values(DicomElements elements, int count) throws ImageException {
    int allocated = elements.number(DicomElements.BITS_ALLOCATED, "BitsAllocated");
    int stored = elements.number(DicomElements.BITS_STORED, "BitsStored");
    if ((allocated != 8 && allocated != 16) || stored < 1 || stored > allocated) {
      throw new ImageException(
          stored + " bits in " + allocated + " for a DICOM pixel, expected up to 8 or 16");
    }
    boolean signed = elements.number(DicomElements.SIGNED, "PixelRepresentation") == 1;
    double slope = elements.decimal(DicomElements.SLOPE, 1, "RescaleSlope");
    double intercept = elements.decimal(DicomElements.INTERCEPT, 0, "RescaleIntercept");
    var pixels = elements.pixels();
    if (pixels.remaining() < (long) count * allocated / 8) {
      throw new ImageException(
          pixels.remaining() + " bytes of DICOM pixels, expected " + (long) count * allocated / 8);
    }
    int unused = Integer.SIZE - stored;
    var values = new float[count];
    for (int i = 0; i < count; i++) {
      int bits = allocated == 8 ? pixels.get(i) : pixels.getShort(2 * i);
      // Overlays may lie in the bits above.
      int value = signed ? bits << unused >> unused : bits << unused >>> unused;
      values[i] = (float) (value * slope + intercept);
    }
    return values;
  }

  /// How far along the normal of the slice it lies.
  double depth() {
    var normal = normal();
    return position[0] * normal[0] + position[1] * normal[1] + position[2] * normal[2];
  }

  /// The direction from slice to slice: rows' direction times columns'.
  double[] normal() {
    var d = directions;
    return new double[] {
      d[1] * d[5] - d[2] * d[4], d[2] * d[3] - d[0] * d[5], d[0] * d[4] - d[1] * d[3]
    };
  }
}
