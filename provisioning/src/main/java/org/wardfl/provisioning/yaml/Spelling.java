package org.wardfl.provisioning.yaml;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Guesses which word somebody meant.
final class Spelling {

  private Spelling() {}

  /// The nearest of some words; empty if none is near.
  static Optional<String> nearest(String key, List<String> known) {
    return known.stream()
        .filter(word ->
            distance(key, word) <= Math.max(1, Math.min(key.length(), word.length()) / 3)
                || isAbbreviated(key, word))
        .min(Comparator.comparingInt(word -> distance(key, word)));
  }

  /// Whether one word begins with the other, as `organization` with `org`.
  private static boolean isAbbreviated(String left, String right) {
    return Math.min(left.length(), right.length()) >= 3
        && (left.startsWith(right) || right.startsWith(left));
  }

  /// Levenshtein's edit distance.
  private static int distance(String left, String right) {
    var row = new int[right.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= left.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int above = row[j];
        int substitution = diagonal + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(substitution, 1 + Math.min(above, row[j - 1]));
        diagonal = above;
      }
    }
    return row[right.length()];
  }
}
