package org.wardfl.gpu.imaging.dicom;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.wardfl.gpu.imaging.Affine;
import org.wardfl.gpu.imaging.Extents;
import org.wardfl.gpu.imaging.Image;
import org.wardfl.gpu.imaging.ImageException;

/// Reads a folder with the slices of one CT or MR series, one file each, uncompressed (implicit or
/// explicit little endian): sorted by their position, scaled by slope and intercept. Slices of
/// different series, directions or sizes, doubled ones and gaps are refused.
///
/// Nothing about the patient is read, kept or said.
public final class DicomSeriesReader {

  private static final double DIRECTION = 1e-3;
  // Of the distance between slices.
  private static final double GAP = 0.05;
  private static final long LARGEST_FILE = 1L << 28;

  private DicomSeriesReader() {}

  /// Reads a folder; files whose names begin with a dot are passed over.
  ///
  /// @return one channel; the axes are columns, rows and slices
  /// @throws ImageException if it is not one whole series
  /// @throws IOException if a file cannot be read
  public static Image read(Path folder) throws ImageException, IOException {
    var slices = new ArrayList<DicomSlice>();
    for (var file : files(folder)) {
      if (Files.size(file) > LARGEST_FILE) {
        throw new ImageException("a DICOM file of more than 256 MiB, expected one slice a file");
      }
      slices.add(DicomSlice.read(Files.readAllBytes(file)));
    }
    if (slices.size() < 2) {
      throw new ImageException(slices.size() + " DICOM slices, expected two or more");
    }
    slices.sort(Comparator.comparingDouble(DicomSlice::depth));
    checkAlike(slices);
    return volume(slices, distance(slices));
  }

  private static List<Path> files(Path folder) throws ImageException, IOException {
    if (!Files.isDirectory(folder)) {
      throw new ImageException("not a folder; expected one with the files of a DICOM series");
    }
    try (var files = Files.list(folder)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !String.valueOf(file.getFileName()).startsWith("."))
          .sorted()
          .toList();
    }
  }

  private static void checkAlike(List<DicomSlice> slices) throws ImageException {
    var first = slices.getFirst();
    for (var slice : slices) {
      if (!slice.series().equals(first.series())) {
        throw new ImageException("slices of more than one DICOM series, expected one a folder");
      }
      if (slice.rows() != first.rows() || slice.columns() != first.columns()) {
        throw new ImageException(
            "DICOM slices of "
                + slice.rows()
                + "x"
                + slice.columns()
                + " and of "
                + first.rows()
                + "x"
                + first.columns()
                + " pixels, expected one size");
      }
      if (differs(slice.directions(), first.directions())
          || differs(slice.spacing(), first.spacing())) {
        throw new ImageException(
            "DICOM slices with different orientations or pixel sizes, such as a localizer among"
                + " them; expected one");
      }
    }
  }

  private static boolean differs(double[] a, double[] b) {
    for (int i = 0; i < a.length; i++) {
      if (!(Math.abs(a[i] - b[i]) <= DIRECTION)) {
        return true;
      }
    }
    return false;
  }

  private static double distance(List<DicomSlice> slices) throws ImageException {
    double whole = slices.getLast().depth() - slices.getFirst().depth();
    double least = Double.MAX_VALUE;
    for (int i = 1; i < slices.size(); i++) {
      least = Math.min(least, slices.get(i).depth() - slices.get(i - 1).depth());
    }
    if (!(least > DIRECTION)) {
      throw new ImageException("two DICOM slices at the same position, expected one each");
    }
    for (int i = 1; i < slices.size(); i++) {
      double step = slices.get(i).depth() - slices.get(i - 1).depth();
      if (step > least * (1 + GAP)) {
        throw new ImageException(
            "a gap after DICOM slice "
                + i
                + " of "
                + slices.size()
                + ": %.2f mm to the next, expected %.2f mm as elsewhere; a slice is missing"
                    .formatted(step, least));
      }
    }
    return whole / (slices.size() - 1);
  }

  private static Image volume(List<DicomSlice> slices, double distance) {
    var first = slices.getFirst();
    var extents = new Extents(first.columns(), first.rows(), slices.size());
    var values = new float[extents.voxels()];
    for (int z = 0; z < slices.size(); z++) {
      var slice = slices.get(z).values();
      for (int i = 0; i < slice.length; i++) {
        int x = i % first.columns();
        int y = i / first.columns();
        values[(x * extents.y() + y) * extents.z() + z] = slice[i];
      }
    }
    return new Image(1, extents, values, affine(first, distance));
  }

  // The first index counts columns, along a row's direction; left and back become right and front.
  private static Affine affine(DicomSlice first, double distance) {
    var d = first.directions();
    var normal = first.normal();
    var rows = new double[12];
    for (int axis = 0; axis < 3; axis++) {
      int sign = axis == 2 ? 1 : -1;
      rows[axis * 4] = sign * d[axis] * first.spacing()[1];
      rows[axis * 4 + 1] = sign * d[3 + axis] * first.spacing()[0];
      rows[axis * 4 + 2] = sign * normal[axis] * distance;
      rows[axis * 4 + 3] = sign * first.position()[axis];
    }
    return Affine.of(rows);
  }
}
