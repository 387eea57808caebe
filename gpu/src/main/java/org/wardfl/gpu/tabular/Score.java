package org.wardfl.gpu.tabular;

import java.util.Comparator;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Metrics;

/// Metrics of a model from its logits, in double precision and in the order of the rows.
///
/// `accuracy`: the share of rows whose largest logit is that of their class (the first of equals).
/// `loss`: the mean cross-entropy in nats. `auc`, for two classes that both occur: the probability
/// that a row of class 1 scores higher than one of class 0, ties half (Hanley and McNeil 1982).
final class Score {

  private final float[] logits;
  private final int[] labels;
  private final int outputs;

  /// @param logits row-major [rows, outputs]
  Score(float[] logits, int[] labels, int outputs) {
    this.logits = logits;
    this.labels = labels;
    this.outputs = outputs;
  }

  Metrics metrics() throws AlgoException.NonFinite {
    if (labels.length == 0) {
      return Metrics.none();
    }
    for (float logit : logits) {
      if (!Float.isFinite(logit)) {
        throw new AlgoException.NonFinite("the received model gives " + logit + " for a patient");
      }
    }
    var values = new TreeMap<String, Double>();
    values.put("accuracy", accuracy());
    values.put("loss", loss());
    if (outputs <= 2) {
      double auc = auc();
      if (!Double.isNaN(auc)) {
        values.put("auc", auc);
      }
    }
    return new Metrics(values, labels.length);
  }

  private double accuracy() {
    int right = 0;
    for (int row = 0; row < labels.length; row++) {
      int best = outputs == 1 ? (logits[row] > 0 ? 1 : 0) : 0;
      for (int k = 1; k < outputs; k++) {
        if (logits[row * outputs + k] > logits[row * outputs + best]) {
          best = k;
        }
      }
      right += best == labels[row] ? 1 : 0;
    }
    return (double) right / labels.length;
  }

  private double loss() {
    double sum = 0;
    for (int row = 0; row < labels.length; row++) {
      if (outputs == 1) {
        double x = logits[row];
        sum += Math.max(x, 0) - x * labels[row] + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
        continue;
      }
      double max = Double.NEGATIVE_INFINITY;
      for (int k = 0; k < outputs; k++) {
        max = Math.max(max, logits[row * outputs + k]);
      }
      double total = 0;
      for (int k = 0; k < outputs; k++) {
        total += StrictMath.exp(logits[row * outputs + k] - max);
      }
      sum += max + StrictMath.log(total) - logits[row * outputs + labels[row]];
    }
    return sum / labels.length;
  }

  private double score(int row) {
    return outputs == 1 ? logits[row] : (double) logits[row * 2 + 1] - logits[row * 2];
  }

  /// NaN if one of the two classes does not occur.
  private double auc() {
    var order =
        IntStream.range(0, labels.length)
            .boxed()
            .sorted(Comparator.comparingDouble(this::score))
            .toList();
    double rankSum = 0;
    long positives = 0;
    int at = 0;
    while (at < order.size()) {
      int end = at;
      while (end < order.size() && score(order.get(end)) == score(order.get(at))) {
        end++;
      }
      // All equals share the mean of their ranks at + 1 to end.
      double rank = (at + 1 + end) / 2.0;
      for (int i = at; i < end; i++) {
        if (labels[order.get(i)] == 1) {
          rankSum += rank;
          positives++;
        }
      }
      at = end;
    }
    long negatives = labels.length - positives;
    return positives == 0 || negatives == 0
        ? Double.NaN
        : (rankSum - positives * (positives + 1) / 2.0) / ((double) positives * negatives);
  }
}
