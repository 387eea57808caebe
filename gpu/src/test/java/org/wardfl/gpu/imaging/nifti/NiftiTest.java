package org.wardfl.gpu.imaging.nifti;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardfl.gpu.imaging.Affine;
import org.wardfl.gpu.imaging.Extents;
import org.wardfl.gpu.imaging.Image;
import org.wardfl.gpu.imaging.ImageException;

/// Files that are read and written, and files that are refused.
class NiftiTest {

  private static final Affine OBLIQUE = Affine.of(0, -2, 0, 10, 1.5, 0, 0.5, -20.25, 0, 0.25, 3, 7);

  @TempDir private Path folder;

  private Image image = new Image(1, new Extents(1, 1, 1), new float[1], Affine.identity());
  private Path file = Path.of("");

  @BeforeEach
  void write() throws Exception {
    var values = new float[2 * 3 * 4];
    for (int i = 0; i < values.length; i++) {
      values[i] = i * 1.25f - 3;
    }
    image = new Image(1, new Extents(2, 3, 4), values, OBLIQUE);
    file = folder.resolve("image.nii");
    NiftiWriter.write(image, file);
  }

  @ParameterizedTest
  @ValueSource(strings = {"copy.nii", "copy.nii.gz"})
  void whatWasWrittenIsRead(String name) throws Exception {
    var copy = folder.resolve(name);
    NiftiWriter.write(image, copy);
    var read = NiftiReader.read(copy);
    assertThat(read.values()).containsExactly(image.values());
    assertThat(read.extents()).isEqualTo(image.extents());
    assertThat(read.affine()).isEqualTo(OBLIQUE);
    assertThatThrownBy(() -> NiftiWriter.write(image, copy))
        .isInstanceOf(FileAlreadyExistsException.class);
  }

  @ParameterizedTest
  @CsvSource({"2, 1", "4, 2", "8, 4", "16, 4", "64, 8", "256, 1", "512, 2", "768, 4"})
  void everyTypeIsReadInBothByteOrdersAndScaled(int type, int bytes) throws Exception {
    for (var order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
      var stored = ByteBuffer.allocate(352 + 2 * bytes).order(order);
      stored.putInt(0, 348).putShort(40, (short) 3);
      stored.putShort(42, (short) 2).putShort(44, (short) 1).putShort(46, (short) 1);
      stored.putShort(70, (short) type).putShort(72, (short) (bytes * 8));
      stored.putFloat(76, 1).putFloat(80, 2).putFloat(84, 3).putFloat(88, 4);
      stored.putFloat(108, 352).putFloat(112, 0.5f).putFloat(116, -10);
      stored.put(344, new byte[] {'n', '+', '1', 0});
      for (int i = 0; i < 2; i++) {
        int at = 352 + i * bytes;
        int value = 40 + i;
        switch (type) {
          case 16 -> stored.putFloat(at, value);
          case 64 -> stored.putDouble(at, value);
          default -> {
            switch (bytes) {
              case 1 -> stored.put(at, (byte) value);
              case 2 -> stored.putShort(at, (short) value);
              default -> stored.putInt(at, value);
            }
          }
        }
      }
      Files.write(file, stored.array());
      var read = NiftiReader.read(file);
      assertThat(read.values()).containsExactly(10, 10.5f);
      // Neither sform nor qform: sizes, and the middle at the origin.
      assertThat(read.affine()).isEqualTo(Affine.of(-2, 0, 0, 1, 0, 3, 0, 0, 0, 0, 4, 0));
    }
  }

  @Test
  void aQuaternionTurnsTheAxes() throws Exception {
    var bytes =
        changed(header -> {
          header.putShort(254, (short) 0).putShort(252, (short) 1);
          // Half a turn around x; the third axis is mirrored.
          header.putFloat(76, -1).putFloat(256, 1);
          header.putFloat(268, 5).putFloat(272, 6).putFloat(276, 7);
          header.putFloat(80, 1).putFloat(84, 2).putFloat(88, 3);
        });
    Files.write(file, bytes);
    var expected = Affine.of(1, 0, 0, 5, 0, -2, 0, 6, 0, 0, 3, 7);
    assertThat(NiftiReader.read(file).affine().isClose(expected, 1e-12)).isTrue();
  }

  @Test
  void otherFormsAreRefused() throws Exception {
    refuse(
        changed(h -> h.putShort(40, (short) 4).putShort(48, (short) 7)),
        "an image of 4 dimensions with 7 along number 4; expected one volume: split it");
    refuse(
        changed(h -> h.put(345, (byte) 'i')),
        "a header of a .hdr/.img pair; expected header and data in one .nii or .nii.gz file");
    refuse(
        changed(h -> h.putShort(70, (short) 32).putShort(72, (short) 64)),
        "values of NIfTI type 32 (complex), expected real numbers of 8 to 32 bits, or float64");
    refuse(changed(h -> h.putInt(0, 540)), "a NIfTI-2 file; expected NIfTI-1: convert it");
    refuse(
        changed(h -> h.putInt(0, 12345)), "not a NIfTI-1 file: it begins with 12345, expected 348");
    refuse(
        changed(h -> h.putShort(42, (short) -2)),
        "the NIfTI header says -2x3x4 voxels, expected 1 or more on each axis, below 2^31 in all");
    refuse(
        changed(h -> h.putShort(72, (short) 16)),
        "the NIfTI header says 16 bits for a value of type FLOAT32, expected 32");
    refuse(
        changed(h -> h.putFloat(108, Float.NaN)),
        "the NIfTI header says that data begins at byte NaN, expected 352 or later");
    refuse(
        changed(h -> h.putFloat(280, Float.NaN)),
        "the NIfTI header's affine has numbers that are not finite");
    refuse(
        changed(h ->
            h.putFloat(300, 0)
                .putFloat(304, 0)
                .putFloat(296, 0)
                .putFloat(280, 0)
                .putFloat(284, 0)
                .putFloat(288, 0)),
        "singular");
    refuse(
        changed(h -> h.putFloat(356, Float.POSITIVE_INFINITY)),
        "a voxel is Infinity, expected finite values");
  }

  @Test
  void damagedFilesAreRefused() throws Exception {
    var whole = Files.readAllBytes(file);
    refuse(new byte[0], "the file is cut off: 0 bytes of header, expected 348");
    refuse(Arrays.copyOf(whole, 350), "the file is cut off before its data ends");
    refuse(Arrays.copyOf(whole, 400), "the file is cut off: 0 bytes of slice 3, expected 24");
    // A header that promises 60 GB: refused when the first slices are missing, not by running out
    // of memory.
    refuse(
        changed(h ->
            h.putShort(42, (short) 1200).putShort(44, (short) 1200).putShort(46, (short) 1200)),
        "bytes of slice 1, expected 5760000");
    var zipped = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(zipped)) {
      gzip.write(whole);
    }
    var compressed = zipped.toByteArray();
    refuse(Arrays.copyOf(compressed, compressed.length / 2), "the file is cut off");
    compressed[compressed.length / 2] ^= 0x55;
    assertThatThrownBy(() -> NiftiReader.read(Files.write(file, compressed)))
        .isInstanceOf(ImageException.class);
  }

  private interface Change {
    void to(ByteBuffer header);
  }

  private byte[] changed(Change change) throws Exception {
    var bytes = Files.readAllBytes(folder.resolve("image.nii"));
    change.to(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
    return bytes;
  }

  private void refuse(byte[] bytes, String message) throws Exception {
    var bad = Files.write(folder.resolve("bad.nii"), bytes);
    assertThatThrownBy(() -> NiftiReader.read(bad))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining(message);
  }
}
