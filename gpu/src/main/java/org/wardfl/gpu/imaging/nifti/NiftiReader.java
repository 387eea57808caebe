package org.wardfl.gpu.imaging.nifti;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.wardfl.gpu.imaging.Extents;
import org.wardfl.gpu.imaging.Image;
import org.wardfl.gpu.imaging.ImageException;

/// Reads NIfTI-1 images of one volume, `.nii` and `.nii.gz`, in either byte order, with their
/// scaling and their sform or qform. Other forms (NIfTI-2, `.hdr`/`.img` pairs, several volumes,
/// complex or colour values) are refused.
public final class NiftiReader {

  private static final int GZIP_MAGIC = 0x1F8B;

  private NiftiReader() {}

  /// Reads a file.
  ///
  /// @return one channel; axes in the order of the file, in memory the last varies fastest
  /// @throws ImageException if it is not such an image, or not whole
  /// @throws IOException if it cannot be read
  public static Image read(Path file) throws ImageException, IOException {
    try (var in = uncompressed(file)) {
      var header = NiftiHeader.read(ByteBuffer.wrap(exactly(in, NiftiHeader.BYTES, "header")));
      in.skipNBytes(header.dataOffset() - NiftiHeader.BYTES);
      return new Image(1, header.extents(), values(in, header), header.affine());
    } catch (ZipException e) {
      throw new ImageException("the compressed file is damaged: " + e.getMessage(), e);
    } catch (EOFException e) {
      throw new ImageException("the file is cut off before its data ends", e);
    }
  }

  private static InputStream uncompressed(Path file) throws IOException {
    var in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    try {
      in.mark(2);
      int magic = in.read() << 8 | in.read();
      in.reset();
      return magic == GZIP_MAGIC ? new BufferedInputStream(new GZIPInputStream(in, 1 << 16)) : in;
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  private static byte[] exactly(InputStream in, int count, String what)
      throws ImageException, IOException {
    var bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new ImageException(
          "the file is cut off: " + bytes.length + " bytes of " + what + ", expected " + count);
    }
    return bytes;
  }

  // Slice by slice, so that a file which promises more than it has costs one slice.
  private static float[] values(InputStream in, NiftiHeader header)
      throws ImageException, IOException {
    var extents = header.extents();
    var slices = new float[extents.z()][];
    int sliceBytes = Math.multiplyExact(extents.x() * extents.y(), header.type().bytes());
    for (int z = 0; z < extents.z(); z++) {
      slices[z] = slice(exactly(in, sliceBytes, "slice " + (z + 1)), header);
    }
    return lastAxisFastest(slices, extents);
  }

  private static float[] slice(byte[] bytes, NiftiHeader header) throws ImageException {
    var stored = ByteBuffer.wrap(bytes).order(header.order());
    var type = header.type();
    var slice = new float[bytes.length / type.bytes()];
    for (int i = 0; i < slice.length; i++) {
      slice[i] =
          (float) (type.read(stored, i * type.bytes()) * header.slope() + header.intercept());
      if (!Float.isFinite(slice[i])) {
        throw new ImageException("a voxel is " + slice[i] + ", expected finite values");
      }
    }
    return slice;
  }

  private static float[] lastAxisFastest(float[][] slices, Extents extents) {
    var values = new float[extents.voxels()];
    int at = 0;
    for (int x = 0; x < extents.x(); x++) {
      for (int y = 0; y < extents.y(); y++) {
        for (int z = 0; z < extents.z(); z++) {
          values[at++] = slices[z][y * extents.x() + x];
        }
      }
    }
    return values;
  }
}
