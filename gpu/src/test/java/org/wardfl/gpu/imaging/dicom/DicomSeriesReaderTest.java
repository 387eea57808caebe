package org.wardfl.gpu.imaging.dicom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardfl.gpu.imaging.Affine;
import org.wardfl.gpu.imaging.Extents;
import org.wardfl.gpu.imaging.ImageException;

/// Series that are read, and series that are refused; no message names the patient.
class DicomSeriesReaderTest {

  @TempDir private Path folder;

  private void write(String name, Slice slice) throws Exception {
    Files.write(folder.resolve(name), slice.bytes());
  }

  private void series(int count) throws Exception {
    for (int i = 0; i < count; i++) {
      write("slice-" + i, new Slice(2.5 * i, true));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void slicesAreSortedByPositionAndScaled(boolean explicit) throws Exception {
    write("c", new Slice(5, explicit));
    write("a", new Slice(2.5, explicit));
    write("b", new Slice(0, explicit));
    write(".hidden", new Slice(99, explicit));
    var image = DicomSeriesReader.read(folder);
    assertThat(image.extents()).isEqualTo(new Extents(3, 2, 3));
    assertThat(new float[] {image.at(0, 0, 0, 0), image.at(0, 0, 0, 1), image.at(0, 0, 0, 2)})
        .containsExactly(-1000, -950, -900);
    // The last pixel of the second row, negative in 12 bits.
    assertThat(image.at(0, 2, 1, 1)).isEqualTo(-1010);
    assertThat(image.at(0, 1, 0, 1)).isEqualTo(-998);
    assertThat(image.affine())
        .satisfies(affine ->
            assertThat(
                    affine.isClose(
                        Affine.of(-0.75, 0, 0, -10, 0, -0.5, 0, -20, 0, 0, 2.5, 0), 1e-12))
                .isTrue());
    assertThat(image.affine().orientation()).isEqualTo("LPS");
  }

  @Test
  void seriesThatAreNotWholeAreRefused() throws Exception {
    series(5);
    Files.delete(folder.resolve("slice-2"));
    refuse(
        "a gap after DICOM slice 2 of 4: 5.00 mm to the next, expected 2.50 mm as elsewhere; a slice is missing");
    write("slice-2", new Slice(5, true));
    write("again", new Slice(5, true));
    refuse("two DICOM slices at the same position, expected one each");
    Files.delete(folder.resolve("again"));
    write("localizer", new Slice(20, true).with(DicomElements.ORIENTATION, "0\\1\\0\\0\\0\\-1"));
    refuse(
        "DICOM slices with different orientations or pixel sizes, such as a localizer among them; expected one");
    write("localizer", new Slice(12.5, true).with(DicomElements.SERIES, "1.2.4"));
    refuse("slices of more than one DICOM series, expected one a folder");
  }

  @Test
  void slicesThatCannotBeReadAreRefused() throws Exception {
    series(2);
    bad(
        new Slice(5, true).syntax("1.2.840.10008.1.2.4.70"),
        "DICOM transfer syntax 1.2.840.10008.1.2.4.70 (compressed or big-endian), expected 1.2.840.10008.1.2 or 1.2.840.10008.1.2.1: convert the series first");
    bad(
        new Slice(5, true).with(DicomElements.SAMPLES, 3),
        "a DICOM image in colours, expected grey values");
    bad(
        new Slice(5, true).with(DicomElements.FRAMES, "12"),
        "a DICOM file of several frames, expected one slice a file");
    bad(
        new Slice(5, true).with(DicomElements.BITS_ALLOCATED, 32),
        "12 bits in 32 for a DICOM pixel");
    bad(new Slice(5, true).with(DicomElements.ROWS, 5), "12 bytes of DICOM pixels, expected 30");
    bad(new Slice(5, true).without(DicomElements.PIXELS), "the DICOM file has no pixels");
    bad(
        new Slice(5, true).without(DicomElements.POSITION),
        "the DICOM element ImagePositionPatient is missing or does not hold 3 numbers");
    bad(
        new Slice(5, true).with(DicomElements.SPACING, "0\\1"),
        "PixelSpacing [0.0, 1.0], expected positive");
    bad(new Slice(5, true).with(DicomElements.ORIENTATION, "1\\0\\0\\1\\0\\0"), "at right angles");
    bad(new Slice(5, true).with(DicomElements.COLUMNS, 6), "12 bytes of DICOM pixels, expected 24");
  }

  @Test
  void damagedFilesAreRefused() throws Exception {
    series(2);
    var whole = new Slice(5, true).bytes();
    for (int length = 0; length < whole.length; length += 3) {
      Files.write(folder.resolve("bad"), Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> DicomSeriesReader.read(folder))
          .isInstanceOf(ImageException.class)
          .message()
          .doesNotContain(Slice.PATIENT, "Jane");
    }
    Files.write(
        folder.resolve("bad"),
        "no DICOM at all".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    refuse("not a DICOM file: DICM does not stand at byte 128");
  }

  @Test
  void aFolderWithoutASeriesIsRefused() throws Exception {
    refuse("0 DICOM slices, expected two or more");
    assertThatThrownBy(() -> DicomSeriesReader.read(folder.resolve("none")))
        .hasMessageContaining("not a folder");
  }

  private void bad(Slice slice, String message) throws Exception {
    write("bad", slice);
    refuse(message);
  }

  private void refuse(String message) {
    assertThatThrownBy(() -> DicomSeriesReader.read(folder))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining(message)
        .message()
        .doesNotContain(Slice.PATIENT, "Jane", "slice-", folder.toString());
  }
}
