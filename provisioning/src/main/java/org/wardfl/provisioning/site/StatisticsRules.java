package org.wardfl.provisioning.site;

import org.wardfl.provisioning.yaml.YamlException;
import org.wardfl.provisioning.yaml.YamlMapping;
import org.wardfl.provisioning.yaml.YamlNode;
import org.wardfl.provisioning.yaml.YamlScalar;

/// What statistics of a dataset may leave a site.
///
/// @param minimumCount a feature with fewer values is left out altogether, and so is a bin of a
///   histogram with fewer but not none; 0 or more
/// @param maximumBins a histogram has at most so many bins, at least 1
/// @param maximumBinsPercent and at most so many percent of the values that it counts, above 0 to
///   100
/// @param extremes what of the smallest and the largest value, which are single patients'
public record StatisticsRules(
    long minimumCount, int maximumBins, double maximumBinsPercent, Extremes extremes) {

  /// What of a smallest and largest value may leave.
  public sealed interface Extremes {}

  /// Nothing.
  public record Hidden() implements Extremes {}

  /// The range made wider by noise: each end moves outwards by a share of the range drawn anew for
  /// each dataset and feature from this interval (FLARE's `AddNoiseToMinMax`).
  ///
  /// @param least above 0
  /// @param most 1 or less
  public record Noisy(double least, double most) implements Extremes {}

  /// Rounded outwards to so many significant digits.
  ///
  /// @param digits 1 to 15
  public record Rounded(int digits) implements Extremes {}

  /// The values themselves.
  public record Exact() implements Extremes {}

  /// What holds where nothing is said.
  public static final StatisticsRules STANDARD =
      new StatisticsRules(10, 100, 10, new Noisy(0.1, 0.3));

  /// Both rules together: of each limit the stricter one. Hiding is stricter than noise, noise than
  /// rounding, rounding than nothing.
  public StatisticsRules and(StatisticsRules other) {
    return new StatisticsRules(
        Math.max(minimumCount, other.minimumCount),
        Math.min(maximumBins, other.maximumBins),
        Math.min(maximumBinsPercent, other.maximumBinsPercent),
        stricter(extremes, other.extremes));
  }

  private static Extremes stricter(Extremes one, Extremes other) {
    if (one instanceof Noisy(var least, var most)
        && other instanceof Noisy(var otherLeast, var otherMost)) {
      return new Noisy(Math.max(least, otherLeast), Math.max(most, otherMost));
    }
    if (one instanceof Rounded(var digits) && other instanceof Rounded(var otherDigits)) {
      return new Rounded(Math.min(digits, otherDigits));
    }
    return rank(one) >= rank(other) ? one : other;
  }

  private static int rank(Extremes extremes) {
    return switch (extremes) {
      case Exact _ -> 0;
      case Rounded _ -> 1;
      case Noisy _ -> 2;
      case Hidden _ -> 3;
    };
  }

  static StatisticsRules read(YamlMapping mapping) throws YamlException {
    mapping.only("minimum_count", "max_bins", "max_bins_percent", "min_max");
    long count = mapping.integer("minimum_count", STANDARD.minimumCount());
    if (count < 0) {
      throw mapping.error("minimum_count", "found " + count + ", expected 0 or more");
    }
    long bins = mapping.integer("max_bins", STANDARD.maximumBins());
    if (bins < 1 || bins > 1_000_000) {
      throw mapping.error("max_bins", "found " + bins + ", expected 1 to 1000000");
    }
    double percent = mapping.number("max_bins_percent", STANDARD.maximumBinsPercent());
    if (!(percent > 0 && percent <= 100)) {
      throw mapping.error("max_bins_percent", "found " + percent + ", expected above 0 to 100");
    }
    return new StatisticsRules(count, (int) bins, percent, extremes(mapping));
  }

  private static Extremes extremes(YamlMapping mapping) throws YamlException {
    var node = mapping.optionalNode("min_max");
    if (node.isEmpty()) {
      return STANDARD.extremes();
    }
    return switch (node.get()) {
      case YamlScalar word when word.text().equals("hidden") -> new Hidden();
      case YamlScalar word when word.text().equals("exact") -> new Exact();
      case YamlMapping given when given.keys().size() == 1 ->
          given.only("noise", "digits").has("noise") ? noise(given) : digits(given);
      case YamlNode other ->
          throw mapping.error(
              "min_max",
              "found "
                  + other.described()
                  + ", expected hidden, exact, {noise: [0.1, 0.3]} or {digits: 2}");
    };
  }

  private static Extremes noise(YamlMapping given) throws YamlException {
    var ends = given.list("noise").nodes();
    if (ends.size() == 2
        && ends.get(0) instanceof YamlScalar low
        && ends.get(1) instanceof YamlScalar high) {
      double least = low.number().orElse(-1.0);
      double most = high.number().orElse(-1.0);
      if (least > 0 && least <= most && most <= 1) {
        return new Noisy(least, most);
      }
    }
    throw given.error(
        "noise", "expected two shares of the range, above 0 to 1, the smaller first: [0.1, 0.3]");
  }

  private static Extremes digits(YamlMapping given) throws YamlException {
    long digits = given.integer("digits");
    if (digits < 1 || digits > 15) {
      throw given.error("digits", "found " + digits + ", expected 1 to 15");
    }
    return new Rounded((int) digits);
  }
}
