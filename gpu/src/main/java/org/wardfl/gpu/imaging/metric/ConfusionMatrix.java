package org.wardfl.gpu.imaging.metric;

/// How often each class was taken for each.
public final class ConfusionMatrix {

  private final long[][] counts;

  /// Nothing counted yet.
  ///
  /// @param classes how many
  public ConfusionMatrix(int classes) {
    counts = new long[classes][classes];
  }

  /// Counts one sample.
  ///
  /// @param label its true class
  /// @param prediction its predicted class
  public void add(int label, int prediction) {
    counts[label][prediction]++;
  }

  /// How many samples of one class were taken for another.
  public long count(int label, int prediction) {
    return counts[label][prediction];
  }

  /// Which part of all samples was predicted right; NaN without samples.
  public double accuracy() {
    long right = 0;
    long all = 0;
    for (int label = 0; label < counts.length; label++) {
      right += counts[label][label];
      all += samples(label);
    }
    return (double) right / all;
  }

  /// Which part of a class's samples was predicted right; NaN if it has none.
  public double recall(int label) {
    return (double) counts[label][label] / samples(label);
  }

  /// The mean recall of the classes that have samples; NaN without samples.
  public double balancedAccuracy() {
    double sum = 0;
    int count = 0;
    for (int label = 0; label < counts.length; label++) {
      if (samples(label) > 0) {
        sum += recall(label);
        count++;
      }
    }
    return sum / count;
  }

  private long samples(int label) {
    long sum = 0;
    for (long count : counts[label]) {
      sum += count;
    }
    return sum;
  }
}
