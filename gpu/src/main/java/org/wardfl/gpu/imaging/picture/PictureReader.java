package org.wardfl.gpu.imaging.picture;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.wardfl.gpu.imaging.Affine;
import org.wardfl.gpu.imaging.Extents;
import org.wardfl.gpu.imaging.Image;
import org.wardfl.gpu.imaging.ImageException;

/// Reads PNG and JPEG pictures, in grey or in colours. Values are as they are stored: 0 to 255, or
/// to 65535 in a picture of 16 bits; transparency is left out. The first axis counts rows from the
/// top, the second columns from the left.
public final class PictureReader {

  private static final long MOST_PIXELS = 1L << 26;

  private PictureReader() {}

  /// Reads a file.
  ///
  /// @param channels 1 for grey (of colours .299 red + .587 green + .114 blue), 3 for red, green
  ///   and blue
  /// @throws ImageException if it is not such a picture, or has more than 67 million pixels
  /// @throws IOException if it cannot be read
  public static Image read(Path file, int channels) throws ImageException, IOException {
    if (channels != 1 && channels != 3) {
      throw new IllegalArgumentException(channels + " channels, expected 1 or 3");
    }
    try (var in = new MemoryCacheImageInputStream(Files.newInputStream(file))) {
      var readers = ImageIO.getImageReaders(in);
      while (readers.hasNext()) {
        var reader = readers.next();
        var format = reader.getFormatName().toLowerCase(java.util.Locale.ROOT);
        if (format.equals("png") || format.equals("jpeg")) {
          reader.setInput(in, true, true);
          return read(reader, channels);
        }
      }
    }
    throw new ImageException("neither a PNG nor a JPEG picture");
  }

  private static Image read(ImageReader reader, int channels) throws ImageException {
    try {
      long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
      if (pixels > MOST_PIXELS) {
        throw new ImageException(pixels + " pixels, expected at most " + MOST_PIXELS);
      }
      return image(reader.read(0), channels);
    } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
      // What Java's decoders throw at damaged pictures.
      throw new ImageException("the picture is damaged: " + e.getMessage(), e);
    } finally {
      reader.dispose();
    }
  }

  private static Image image(BufferedImage picture, int channels) {
    int rows = picture.getHeight();
    int columns = picture.getWidth();
    var values = new float[channels * rows * columns];
    boolean palette = picture.getColorModel() instanceof IndexColorModel;
    int bands = palette ? 3 : picture.getRaster().getNumBands();
    boolean coloured = bands >= 3;
    var samples = new int[Math.max(bands, 3)];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        if (palette) {
          int colour = picture.getRGB(column, row);
          samples[0] = colour >> 16 & 0xFF;
          samples[1] = colour >> 8 & 0xFF;
          samples[2] = colour & 0xFF;
        } else {
          picture.getRaster().getPixel(column, row, samples);
        }
        put(values, row * columns + column, rows * columns, samples, coloured, channels);
      }
    }
    return new Image(channels, new Extents(rows, columns, 1), values, Affine.identity());
  }

  private static void put(
      float[] values, int at, int pixels, int[] samples, boolean coloured, int channels) {
    if (channels == 1) {
      values[at] =
          coloured
              ? (float) (.299 * samples[0] + .587 * samples[1] + .114 * samples[2])
              : samples[0];
      return;
    }
    for (int channel = 0; channel < 3; channel++) {
      values[channel * pixels + at] = samples[coloured ? channel : 0];
    }
  }
}
