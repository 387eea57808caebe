package org.wardfl.gpu.imaging.transform;

import org.wardfl.gpu.imaging.Affine;
import org.wardfl.gpu.imaging.Extents;
import org.wardfl.gpu.imaging.Image;

/// Which old voxels make each new index along one axis, and how they are weighted. Grids with the
/// same directions need no more: the values between are found axis by axis.
final class Sampling {

  private final int[] low;
  private final int[] high;
  private final double[] share;

  private Sampling(int count) {
    low = new int[count];
    high = new int[count];
    share = new double[count];
  }

  /// @param positions for each new index the place on the old axis; those outside are moved to its
  ///   border
  /// @param extent of the old axis
  static Sampling linear(double[] positions, int extent) {
    var sampling = new Sampling(positions.length);
    for (int i = 0; i < positions.length; i++) {
      double position = Math.clamp(positions[i], 0, extent - 1);
      int below = (int) position;
      sampling.low[i] = below;
      sampling.high[i] = Math.min(below + 1, extent - 1);
      sampling.share[i] = position - below;
    }
    return sampling;
  }

  /// @param indices for each new index the old one; those outside are moved to its border
  /// @param extent of the old axis
  static Sampling nearest(double[] indices, int extent) {
    var sampling = new Sampling(indices.length);
    for (int i = 0; i < indices.length; i++) {
      sampling.low[i] = (int) Math.clamp(indices[i], 0, extent - 1);
      sampling.high[i] = sampling.low[i];
    }
    return sampling;
  }

  int count() {
    return low.length;
  }

  /// The image on the new grid.
  static Image apply(Image image, Sampling[] axes, Affine affine) {
    var extents = new Extents(axes[0].count(), axes[1].count(), axes[2].count());
    var old = image.extents();
    var values = new float[Math.multiplyExact(image.channels(), extents.voxels())];
    int at = 0;
    for (int channel = 0; channel < image.channels(); channel++) {
      for (int x = 0; x < extents.x(); x++) {
        for (int y = 0; y < extents.y(); y++) {
          row(image, axes, channel, x, y, values, at, old);
          at += extents.z();
        }
      }
    }
    return new Image(image.channels(), extents, values, affine);
  }

  // Four old rows make a new one.
  private static void row(
      Image image, Sampling[] axes, int channel, int x, int y, float[] into, int at, Extents old) {
    var source = image.values();
    var alongX = axes[0];
    var alongY = axes[1];
    var alongZ = axes[2];
    int plane = channel * old.x();
    int a = ((plane + alongX.low[x]) * old.y() + alongY.low[y]) * old.z();
    int b = ((plane + alongX.low[x]) * old.y() + alongY.high[y]) * old.z();
    int c = ((plane + alongX.high[x]) * old.y() + alongY.low[y]) * old.z();
    int d = ((plane + alongX.high[x]) * old.y() + alongY.high[y]) * old.z();
    double p = alongX.share[x];
    double q = alongY.share[y];
    for (int z = 0; z < alongZ.count(); z++) {
      int below = alongZ.low[z];
      int above = alongZ.high[z];
      double left =
          (1 - p) * ((1 - q) * source[a + below] + q * source[b + below])
              + p * ((1 - q) * source[c + below] + q * source[d + below]);
      double right =
          (1 - p) * ((1 - q) * source[a + above] + q * source[b + above])
              + p * ((1 - q) * source[c + above] + q * source[d + above]);
      into[at + z] = (float) ((1 - alongZ.share[z]) * left + alongZ.share[z] * right);
    }
  }
}
