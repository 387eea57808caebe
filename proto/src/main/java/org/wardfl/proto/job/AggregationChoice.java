package org.wardfl.proto.job;

/// How the updates of a round become one.
public sealed interface AggregationChoice {

  /// The word for it in a job file.
  String type();

  /// How many updates a round needs for it.
  default long leastUpdates() {
    return 1;
  }

  /// The weighted mean.
  record Mean() implements AggregationChoice {

    @Override
    public String type() {
      return "mean";
    }
  }

  /// For every element the median.
  ///
  /// @param badSites how many sites may be bad, 1 to 100,000
  record Median(int badSites) implements AggregationChoice {

    /// Checks.
    ///
    /// @throws IllegalArgumentException naming the key
    public Median {
      checkBadSites(badSites);
    }

    @Override
    public String type() {
      return "median";
    }

    @Override
    public long leastUpdates() {
      return 2L * badSites + 1;
    }
  }

  /// For every element the mean without the largest and the smallest values.
  ///
  /// @param badSites how many are left out at either end, 1 to 100,000
  record TrimmedMean(int badSites) implements AggregationChoice {

    /// Checks.
    ///
    /// @throws IllegalArgumentException naming the key
    public TrimmedMean {
      checkBadSites(badSites);
    }

    @Override
    public String type() {
      return "trimmed-mean";
    }

    @Override
    public long leastUpdates() {
      return 2L * badSites + 1;
    }
  }

  /// The one update that lies closest to the others.
  ///
  /// @param badSites how many sites may be bad, 1 to 100,000
  record Krum(int badSites) implements AggregationChoice {

    /// Checks.
    ///
    /// @throws IllegalArgumentException naming the key
    public Krum {
      checkBadSites(badSites);
    }

    @Override
    public String type() {
      return "krum";
    }

    @Override
    public long leastUpdates() {
      return 2L * badSites + 3;
    }
  }

  /// The mean of the updates that lie closest to the others.
  ///
  /// @param badSites how many sites may be bad, 1 to 100,000
  /// @param keep how many updates are averaged, at least 1; 0 for all but as many as may be bad
  record MultiKrum(int badSites, int keep) implements AggregationChoice {

    /// Checks.
    ///
    /// @throws IllegalArgumentException naming the key
    public MultiKrum {
      checkBadSites(badSites);
      if (keep < 0 || keep > MOST) {
        throw new IllegalArgumentException("keep: found " + keep + ", expected 1 to " + MOST);
      }
    }

    @Override
    public String type() {
      return "multi-krum";
    }

    @Override
    public long leastUpdates() {
      return Math.max(2L * badSites + 3, (long) badSites + keep);
    }
  }

  /// The point nearest to all updates as whole vectors.
  ///
  /// @param badSites how many sites may be bad, 1 to 100,000
  record GeometricMedian(int badSites) implements AggregationChoice {

    /// Checks.
    ///
    /// @throws IllegalArgumentException naming the key
    public GeometricMedian {
      checkBadSites(badSites);
    }

    @Override
    public String type() {
      return "geometric-median";
    }

    @Override
    public long leastUpdates() {
      return 2L * badSites + 1;
    }
  }

  /// Every update that is too large is scaled down first.
  ///
  /// @param clip how large an update may be
  /// @param then what is done with the updates after that; not clipped again
  record Clipped(Clip clip, AggregationChoice then) implements AggregationChoice {

    /// Checks.
    ///
    /// @throws IllegalArgumentException if it is clipped twice
    public Clipped {
      if (then instanceof Clipped) {
        throw new IllegalArgumentException("clip: updates are clipped once");
      }
    }

    @Override
    public String type() {
      return then.type();
    }

    @Override
    public long leastUpdates() {
      return then.leastUpdates();
    }
  }

  /// The largest L2 norm of an update, over floating parameters and buffers.
  sealed interface Clip {

    /// A fixed norm.
    ///
    /// @param norm positive and finite
    record Norm(double norm) implements Clip {

      /// Checks.
      ///
      /// @throws IllegalArgumentException naming the key
      public Norm {
        if (!(norm > 0) || Double.isInfinite(norm)) {
          throw new IllegalArgumentException(
              "clip: found norm " + norm + ", expected a positive number");
        }
      }
    }

    /// The median of the norms of the round's updates, the lower one of two.
    record MedianNorm() implements Clip {}
  }

  /// More sites than any federation has.
  int MOST = 100_000;

  private static void checkBadSites(int badSites) {
    if (badSites < 1 || badSites > MOST) {
      throw new IllegalArgumentException(
          "bad_sites: found " + badSites + ", expected 1 to " + MOST);
    }
  }
}
