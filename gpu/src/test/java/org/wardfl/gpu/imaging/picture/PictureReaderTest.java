package org.wardfl.gpu.imaging.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.gpu.imaging.Extents;
import org.wardfl.gpu.imaging.ImageException;

/// Pictures that are read, and files that are refused.
class PictureReaderTest {

  @TempDir private Path folder;

  private Path picture(String format, int type, int... pixels) throws Exception {
    var picture = new BufferedImage(3, 2, type);
    int bands = picture.getRaster().getNumBands();
    for (int i = 0; i < 6; i++) {
      for (int band = 0; band < bands; band++) {
        picture
            .getRaster()
            .setSample(i % 3, i / 3, band, pixels[(i * bands + band) % pixels.length]);
      }
    }
    var file = folder.resolve("picture." + format);
    assertThat(ImageIO.write(picture, format, file.toFile())).isTrue();
    return file;
  }

  @Test
  void greyValuesAreThoseThatAreStored() throws Exception {
    var grey = picture("png", BufferedImage.TYPE_BYTE_GRAY, 0, 10, 20, 100, 200, 255);
    var image = PictureReader.read(grey, 1);
    assertThat(image.extents()).isEqualTo(new Extents(2, 3, 1));
    assertThat(image.values()).containsExactly(0, 10, 20, 100, 200, 255);
    assertThat(PictureReader.read(grey, 3).values())
        .containsExactly(
            0, 10, 20, 100, 200, 255, 0, 10, 20, 100, 200, 255, 0, 10, 20, 100, 200, 255);
    var deep = picture("png", BufferedImage.TYPE_USHORT_GRAY, 0, 65535, 300);
    assertThat(PictureReader.read(deep, 1).values()).containsExactly(0, 65535, 300, 0, 65535, 300);
  }

  @Test
  void coloursAreReadWithoutTheirTransparency() throws Exception {
    var colours = picture("png", BufferedImage.TYPE_INT_ARGB, 10, 20, 30, 255);
    assertThat(PictureReader.read(colours, 3).values())
        .containsExactly(10, 10, 10, 10, 10, 10, 20, 20, 20, 20, 20, 20, 30, 30, 30, 30, 30, 30);
    assertThat((double) PictureReader.read(colours, 1).values()[0])
        .isCloseTo(.299 * 10 + .587 * 20 + .114 * 30, within(1e-5));
    assertThat(PictureReader.read(picture("jpg", BufferedImage.TYPE_BYTE_GRAY, 128), 1).values()[0])
        .isBetween(125f, 131f);
  }

  @Test
  void damagedFilesAreRefused() throws Exception {
    var whole = Files.readAllBytes(picture("png", BufferedImage.TYPE_BYTE_GRAY, 5));
    refuse(Arrays.copyOf(whole, whole.length / 2), "the picture is damaged");
    refuse(new byte[0], "neither a PNG nor a JPEG picture");
    refuse(
        "BM no bitmaps".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
        "neither a PNG nor a JPEG picture");
    var huge = whole.clone();
    // Width and height in the first chunk: 65,536 each.
    huge[17] = 1;
    huge[18] = 0;
    huge[19] = 0;
    huge[21] = 1;
    huge[22] = 0;
    huge[23] = 0;
    refuse(huge, "4294967296 pixels, expected at most 67108864");
  }

  private void refuse(byte[] bytes, String message) throws Exception {
    var file = Files.write(folder.resolve("bad.png"), bytes);
    assertThatThrownBy(() -> PictureReader.read(file, 1))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining(message);
  }
}
