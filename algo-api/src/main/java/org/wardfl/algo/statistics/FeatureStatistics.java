package org.wardfl.algo.statistics;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// What is told of one feature: a column of a table, the voxels of images, a property of each
/// image.
///
/// An algorithm fills in all that it knows; the site's rules then take out what may not leave, and
/// say so in a remark.
///
/// @param feature its name, 1 to 100 printable characters
/// @param group which of the site's patients it is about: empty for all, else a column and its
///   value, such as `malignant=1`; at most 200 characters
/// @param patients how many patients stand behind it, by which rules about small numbers go; a
///   table's values, for voxels the images
/// @param count how many values there are; empty if that is not told
/// @param missing how many are missing; empty if that is not told
/// @param moments of the values; empty if that is not told, or there are none
/// @param extremes of the values; empty if that is not told, or there are none
/// @param histogram over the range that was asked for; empty if that is not told or was not asked
/// @param remarks why something is not there, or not exact; at most 20
public record FeatureStatistics(
    String feature,
    String group,
    long patients,
    OptionalLong count,
    OptionalLong missing,
    Optional<Moments> moments,
    Optional<Extremes> extremes,
    Optional<Histogram> histogram,
    List<Remark> remarks) {

  private static final int LONGEST_NAME = 100;
  private static final int LONGEST_GROUP = 200;
  private static final int MOST_REMARKS = 20;

  /// Checks and copies.
  ///
  /// @throws IllegalArgumentException on a name of another form, a negative count, or parts that
  ///   contradict each other
  public FeatureStatistics {
    remarks = List.copyOf(remarks);
    if (!isName(feature) || group.length() > LONGEST_GROUP || isUnprintable(group)) {
      throw new IllegalArgumentException(
          "feature '"
              + feature
              + "', group '"
              + group
              + "': expected printable names of at most "
              + LONGEST_NAME
              + " and "
              + LONGEST_GROUP
              + " characters");
    }
    if (patients < 0 || count.orElse(0) < 0 || missing.orElse(0) < 0) {
      throw new IllegalArgumentException("feature " + feature + ": a negative count");
    }
    if (moments.isPresent() && count.isPresent() && moments.get().count() != count.getAsLong()) {
      throw new IllegalArgumentException(
          "feature "
              + feature
              + ": "
              + count.getAsLong()
              + " values, but moments of "
              + moments.get().count());
    }
    if (remarks.size() > MOST_REMARKS) {
      throw new IllegalArgumentException(
          "feature " + feature + ": " + remarks.size() + " remarks, expected at most 20");
    }
  }

  /// Nothing but the reason why.
  public static FeatureStatistics withheld(String feature, String group, String sentence) {
    return new FeatureStatistics(
        feature,
        group,
        0,
        OptionalLong.empty(),
        OptionalLong.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(Remark.nothing(sentence)));
  }

  /// The same with further remarks.
  public FeatureStatistics with(List<Remark> further) {
    var all = new ArrayList<>(remarks);
    all.addAll(further);
    return new FeatureStatistics(
        feature, group, patients, count, missing, moments, extremes, histogram, all);
  }

  /// Whether a feature can have this name.
  public static boolean isName(String text) {
    return !text.isBlank() && text.length() <= LONGEST_NAME && !isUnprintable(text);
  }

  /// How many bins it has.
  public int bins() {
    return histogram.map(known -> known.counts().size()).orElse(0);
  }

  private static boolean isUnprintable(String text) {
    return text.chars().anyMatch(Character::isISOControl);
  }
}
