package org.wardfl.gpu.sample;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import org.wardfl.gpu.imaging.Image;

/// Grey or coloured values and labels as pixels. The longer side has 256 pixels; each shows the
/// value of the voxel that it lies in, so that an outline lies exactly between voxels.
final class Picture {

  private static final int LONGER = 256;
  private static final int LINE = 2;

  /// Of class 1 and on, over and over; the report has the same.
  private static final int[] COLOURS = {0x4cc9f0, 0xffb703, 0xff6fae, 0x8ae65c, 0xc49bff, 0xff8a5b};

  private final int width;
  private final int height;
  private final int[] pixels;

  private Picture(double across, double up) {
    double scale = LONGER / Math.max(across, up);
    width = Math.max(1, (int) Math.round(across * scale));
    height = Math.max(1, (int) Math.round(up * scale));
    pixels = new int[width * height];
  }

  /// A slice of a volume of one channel, from the 1st to the 99th percentile of its values.
  static Picture of(Image volume, Cut cut) {
    int columns = cut.columns();
    int rows = cut.rows();
    var picture =
        new Picture(columns * cut.columnMillimetres(volume), rows * cut.rowMillimetres(volume));
    var values = new float[columns * rows];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        values[row * columns + column] = cut.value(volume, column, row);
      }
    }
    var sorted = values.clone();
    Arrays.sort(sorted);
    float low = sorted[sorted.length / 100];
    float high = sorted[sorted.length - 1 - sorted.length / 100];
    picture.fill(columns, rows, at -> grey(values[at], low, high) * 0x10101);
    return picture;
  }

  /// A picture of one or three channels, from its smallest to its largest value.
  static Picture of(Image image) {
    int rows = image.extents().x();
    int columns = image.extents().y();
    var picture = new Picture(columns, rows);
    float low = Float.POSITIVE_INFINITY;
    float high = Float.NEGATIVE_INFINITY;
    for (float value : image.values()) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    float from = low;
    float to = high;
    int pixels = rows * columns;
    picture.fill(
        columns,
        rows,
        at -> {
          int colour = 0;
          for (int channel = 0; channel < 3; channel++) {
            int source = channel < image.channels() ? channel : 0;
            colour = colour << 8 | grey(image.values()[source * pixels + at], from, to);
          }
          return colour;
        });
    return picture;
  }

  private static int grey(float value, float low, float high) {
    return high > low ? Math.clamp(Math.round(255 * (value - low) / (high - low)), 0, 255) : 0;
  }

  /// The value of a pixel by the place of its voxel in its slice, row by row.
  @FunctionalInterface
  private interface Colour {
    int of(int at);
  }

  private void fill(int columns, int rows, Colour colour) {
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        pixels[y * width + x] =
            colour.of(voxel(x, width, columns) + columns * voxel(y, height, rows));
      }
    }
  }

  private static int voxel(int pixel, int pixels, int voxels) {
    return (int) ((pixel + 0.5) * voxels / pixels);
  }

  /// The same with a line around each class but the background, on its inner side.
  ///
  /// @param labels a class for each voxel
  Picture outlined(Image labels, Cut cut) {
    int columns = cut.columns();
    int rows = cut.rows();
    var classes = new int[pixels.length];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        classes[y * width + x] =
            (int) cut.value(labels, voxel(x, width, columns), voxel(y, height, rows));
      }
    }
    var drawn = new Picture(width, height);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int label = classes[y * width + x];
        drawn.pixels[y * width + x] =
            label > 0 && isEdge(classes, x, y)
                ? COLOURS[(label - 1) % COLOURS.length]
                : pixels[y * width + x];
      }
    }
    return drawn;
  }

  private boolean isEdge(int[] classes, int x, int y) {
    int label = classes[y * width + x];
    for (int dy = -LINE; dy <= LINE; dy++) {
      for (int dx = -LINE; dx <= LINE; dx++) {
        int column = Math.clamp(x + dx, 0, width - 1);
        int row = Math.clamp(y + dy, 0, height - 1);
        if (classes[row * width + column] != label) {
          return true;
        }
      }
    }
    return false;
  }

  /// For a file.
  BufferedImage image() {
    var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, width, height, pixels, 0, width);
    return image;
  }
}
