package org.wardfl.gpu.imaging.nifti;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.wardfl.gpu.imaging.Image;

/// Writes NIfTI-1 images of one volume, little-endian float32 with an sform; compressed if the
/// file's name ends in `.gz`. What [NiftiReader] reads back has the same values; its affine is
/// rounded to float32.
public final class NiftiWriter {

  private static final int DATA_OFFSET = 352;
  private static final int MOST = Short.MAX_VALUE;
  private static final byte MILLIMETRES = 2;
  private static final short SCANNER_SPACE = 1;

  private NiftiWriter() {}

  /// Writes a file, which must not exist.
  ///
  /// @throws IllegalArgumentException unless the image has one channel and at most 32,767 voxels
  ///   along each axis
  /// @throws IOException if it exists or cannot be written
  public static void write(Image image, Path file) throws IOException {
    var extents = image.extents();
    if (image.channels() != 1 || extents.x() > MOST || extents.y() > MOST || extents.z() > MOST) {
      throw new IllegalArgumentException(
          image + ", expected one channel of at most " + MOST + " voxels along each axis");
    }
    try (var out = stream(file)) {
      out.write(header(image).array());
      var slice =
          ByteBuffer.allocate(Math.multiplyExact(extents.x() * extents.y(), Float.BYTES))
              .order(ByteOrder.LITTLE_ENDIAN);
      for (int z = 0; z < extents.z(); z++) {
        slice.clear();
        for (int y = 0; y < extents.y(); y++) {
          for (int x = 0; x < extents.x(); x++) {
            slice.putFloat(image.at(0, x, y, z));
          }
        }
        out.write(slice.array());
      }
    }
  }

  private static OutputStream stream(Path file) throws IOException {
    var out =
        new BufferedOutputStream(
            Files.newOutputStream(file, java.nio.file.StandardOpenOption.CREATE_NEW), 1 << 16);
    return file.toString().endsWith(".gz") ? new GZIPOutputStream(out, 1 << 16) : out;
  }

  private static ByteBuffer header(Image image) {
    var header = ByteBuffer.allocate(DATA_OFFSET).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(0, NiftiHeader.BYTES);
    header.putShort(40, (short) 3);
    header.putFloat(76, 1);
    var spacing = image.affine().spacing();
    for (int axis = 0; axis < 7; axis++) {
      header.putShort(42 + 2 * axis, (short) (axis < 3 ? image.extents().along(axis) : 1));
    }
    for (int axis = 0; axis < 3; axis++) {
      header.putFloat(80 + 4 * axis, (float) spacing[axis]);
    }
    header.putShort(70, (short) NiftiType.FLOAT32.code());
    header.putShort(72, (short) (NiftiType.FLOAT32.bytes() * Byte.SIZE));
    header.putFloat(108, DATA_OFFSET);
    header.putFloat(112, 1);
    header.put(123, MILLIMETRES);
    header.putShort(254, SCANNER_SPACE);
    for (int row = 0; row < 3; row++) {
      for (int column = 0; column < 4; column++) {
        header.putFloat(280 + 4 * (4 * row + column), (float) image.affine().at(row, column));
      }
    }
    header.put(344, "n+1\0".getBytes(StandardCharsets.US_ASCII));
    return header;
  }
}
