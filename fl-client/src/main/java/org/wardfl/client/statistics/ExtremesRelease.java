package org.wardfl.client.statistics;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.wardfl.algo.statistics.Extremes;
import org.wardfl.algo.statistics.Remark;
import org.wardfl.algo.statistics.Statistic;
import org.wardfl.provisioning.site.StatisticsRules;

/// What may leave of the smallest and the largest value. Both are moved outwards only, so that the
/// range still holds all values. An end that at least the minimum number of patients share names
/// none of them, and stays as it is.
///
/// @param rules the site's
/// @param random what noise is drawn from
record ExtremesRelease(StatisticsRules rules, RandomGenerator random) {

  /// What may leave.
  ///
  /// @param remarks get another where something is changed or held back
  Optional<Extremes> of(Extremes raw, List<Remark> remarks) {
    if (rules.extremes() instanceof StatisticsRules.Hidden) {
      remarks.add(
          Remark.without(
              "this site tells no smallest and largest values", Statistic.MIN, Statistic.MAX));
      return Optional.empty();
    }
    if (rules.extremes() instanceof StatisticsRules.Exact) {
      return Optional.of(new Extremes(raw.min(), 0, raw.max(), 0));
    }
    double range = raw.max() - raw.min();
    double min = raw.min();
    double max = raw.max();
    if (raw.minHolders() < rules.minimumCount()) {
      // The mirror image of the other end.
      min = -outwards(-min, range);
      remarks.add(coarse("smallest", Statistic.MIN));
    }
    if (raw.maxHolders() < rules.minimumCount()) {
      max = outwards(max, range);
      remarks.add(coarse("largest", Statistic.MAX));
    }
    if (!Double.isFinite(max - min)) {
      remarks.add(
          Remark.without("the range is too large for a number", Statistic.MIN, Statistic.MAX));
      return Optional.empty();
    }
    return Optional.of(new Extremes(min, 0, max, 0));
  }

  private Remark coarse(String which, Statistic statistic) {
    var how =
        switch (rules.extremes()) {
          case StatisticsRules.Noisy _ -> "moved outwards by noise";
          case StatisticsRules.Rounded(var digits) -> "rounded outwards to " + digits + " digits";
          case StatisticsRules.Hidden _ -> "not told";
          case StatisticsRules.Exact _ -> "told as it is";
        };
    return Remark.coarse(
        "the "
            + which
            + " value would name fewer than "
            + rules.minimumCount()
            + " patients, so it is "
            + how,
        statistic);
  }

  private double outwards(double value, double range) {
    return switch (rules.extremes()) {
      case StatisticsRules.Noisy(var least, var most) ->
          value + range * (least == most ? least : random.nextDouble(least, most));
      case StatisticsRules.Rounded(var digits) -> rounded(value, range, digits);
      case StatisticsRules.Hidden _, StatisticsRules.Exact _ -> value;
    };
  }

  /// Rounded up to so many digits, and always up: a value that has no more digits than that would
  /// otherwise be told as it is.
  private static double rounded(double value, double range, int digits) {
    // Zero has no digits of its own.
    var scale = new BigDecimal(value == 0 ? Math.max(range, Double.MIN_NORMAL) : value);
    int exponent = scale.precision() - scale.scale() - digits;
    var unit = BigDecimal.ONE.scaleByPowerOfTen(exponent);
    var exact = new BigDecimal(value);
    var up = exact.divide(unit, 0, RoundingMode.CEILING).multiply(unit);
    return (up.compareTo(exact) == 0 ? up.add(unit) : up).doubleValue();
  }
}
