package org.wardfl.aggregator;

import java.util.Arrays;

/// The weighted mean: `sum(w_k * x_k) / sum(w_k)` over the sites `k` that sent the tensor.
///
/// Accumulated in float64, in the order of the sites' names, divided once at the end.
///
/// Source: McMahan et al., "Communication-Efficient Learning of Deep Networks from Decentralized
/// Data" (AISTATS 2017), algorithm 1; per tensor over those who sent it, as NVIDIA FLARE's
/// `WeightedAggregationHelper`.
public final class FedAvg implements AggregationRule {

  /// The rule; it has no settings.
  public FedAvg() {}

  @Override
  public Worker worker(int capacity) {
    return new Mean(capacity);
  }

  private static final class Mean implements Worker {

    private final double[] sum;
    private double totalWeight;
    private int count;

    Mean(int capacity) {
      sum = new double[capacity];
    }

    @Override
    public void begin(int elements) {
      count = elements;
      totalWeight = 0;
      Arrays.fill(sum, 0, elements, 0);
    }

    @Override
    public void add(double[] values, double weight) {
      totalWeight += weight;
      for (int i = 0; i < count; i++) {
        sum[i] += weight * values[i];
      }
    }

    @Override
    public void add(float[] values, int elements, double weight) {
      totalWeight += weight;
      for (int i = 0; i < elements; i++) {
        sum[i] += weight * values[i];
      }
    }

    @Override
    public void finish(double[] into) {
      for (int i = 0; i < count; i++) {
        into[i] = sum[i] / totalWeight;
      }
    }
  }
}
