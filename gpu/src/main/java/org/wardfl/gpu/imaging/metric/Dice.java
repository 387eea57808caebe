package org.wardfl.gpu.imaging.metric;

/// The Dice coefficient of each class of one segmented image: twice the voxels that prediction and
/// truth share, over the voxels of both; not a number where the truth has none of the class.
///
/// Counts are exact. Source: MONAI `DiceMetric` with `ignore_empty=True`.
public final class Dice {

  private final long[] shared;
  private final long[] predicted;
  private final long[] labelled;

  /// Nothing counted yet.
  ///
  /// @param classes how many, the background among them
  public Dice(int classes) {
    shared = new long[classes];
    predicted = new long[classes];
    labelled = new long[classes];
  }

  /// Counts one voxel.
  ///
  /// @param prediction its predicted class
  /// @param label its true class
  public void add(int prediction, int label) {
    predicted[prediction]++;
    labelled[label]++;
    if (prediction == label) {
      shared[label]++;
    }
  }

  /// The coefficient of one class, 0 to 1, or NaN where the truth has none of it.
  public double of(int label) {
    return labelled[label] == 0
        ? Double.NaN
        : 2.0 * shared[label] / (predicted[label] + labelled[label]);
  }

  /// The mean over the classes that the truth has, or NaN if it has none of them.
  ///
  /// @param background whether class 0 counts
  public double mean(boolean background) {
    double sum = 0;
    int count = 0;
    for (int label = background ? 0 : 1; label < labelled.length; label++) {
      double dice = of(label);
      if (!Double.isNaN(dice)) {
        sum += dice;
        count++;
      }
    }
    return sum / count;
  }
}
