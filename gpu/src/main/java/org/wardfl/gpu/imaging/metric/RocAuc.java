package org.wardfl.gpu.imaging.metric;

import java.util.Arrays;
import java.util.Comparator;

/// The area under the receiver operating characteristic: how likely a sample of a class scores
/// higher than one of another, ties counted half.
public final class RocAuc {

  private RocAuc() {}

  /// For two classes.
  ///
  /// @param scores one per sample
  /// @param positive whether each sample is of the class
  /// @return 0 to 1, or NaN unless there are samples of both kinds
  public static double of(double[] scores, boolean[] positive) {
    var order = new Integer[scores.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingDouble(i -> scores[i]));
    double ranks = 0;
    long positives = 0;
    int from = 0;
    while (from < order.length) {
      int end = from;
      while (end < order.length && scores[order[end]] == scores[order[from]]) {
        end++;
      }
      // Equal scores share the mean of their ranks, which count from 1.
      double rank = (from + 1 + end) / 2.0;
      for (int i = from; i < end; i++) {
        if (positive[order[i]]) {
          ranks += rank;
          positives++;
        }
      }
      from = end;
    }
    long negatives = scores.length - positives;
    return (ranks - positives * (positives + 1) / 2.0) / ((double) positives * negatives);
  }

  /// The mean over the classes, each against the others, of which there are samples.
  ///
  /// @param scores `[samples][classes]`
  /// @param labels the class of each sample
  /// @return 0 to 1, or NaN if the samples are all of one class
  public static double mean(double[][] scores, int[] labels) {
    double sum = 0;
    int count = 0;
    for (int label = 0; scores.length > 0 && label < scores[0].length; label++) {
      var own = new double[scores.length];
      var positive = new boolean[scores.length];
      for (int i = 0; i < scores.length; i++) {
        own[i] = scores[i][label];
        positive[i] = labels[i] == label;
      }
      double auc = of(own, positive);
      if (!Double.isNaN(auc)) {
        sum += auc;
        count++;
      }
    }
    return sum / count;
  }
}
