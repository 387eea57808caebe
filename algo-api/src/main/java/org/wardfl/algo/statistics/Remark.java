package org.wardfl.algo.statistics;

import java.util.Collections;
import java.util.EnumSet;
import java.util.SortedSet;
import java.util.TreeSet;

/// Why statistics of a feature are not there, or not as they are in the data.
///
/// @param statistics which; at least one
/// @param withheld whether they are not there at all
/// @param sentence why, at most 300 characters, without paths and patient data
public record Remark(SortedSet<Statistic> statistics, boolean withheld, String sentence) {

  private static final int LONGEST = 300;

  /// Checks and copies.
  ///
  /// @throws IllegalArgumentException if it is about nothing or says too much
  public Remark {
    statistics = Collections.unmodifiableSortedSet(new TreeSet<>(statistics));
    if (statistics.isEmpty()) {
      throw new IllegalArgumentException("a remark about no statistic: " + sentence);
    }
    if (sentence.isBlank()
        || sentence.length() > LONGEST
        || sentence.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "a remark of " + sentence.length() + " characters, expected one line of 1 to " + LONGEST);
    }
  }

  /// All of a feature's statistics are withheld.
  public static Remark nothing(String sentence) {
    return new Remark(new TreeSet<>(EnumSet.allOf(Statistic.class)), true, sentence);
  }

  /// Some of them are.
  public static Remark without(String sentence, Statistic first, Statistic... others) {
    return new Remark(new TreeSet<>(EnumSet.of(first, others)), true, sentence);
  }

  /// Some are told, but not exactly.
  public static Remark coarse(String sentence, Statistic first, Statistic... others) {
    return new Remark(new TreeSet<>(EnumSet.of(first, others)), false, sentence);
  }
}
