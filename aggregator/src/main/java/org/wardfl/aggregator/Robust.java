package org.wardfl.aggregator;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// What robust rules have in common: how many updates they need, and how much of them they hold.
final class Robust {

  private static final int HELD_ELEMENTS = 1 << 20;

  private Robust() {}

  static void checkBadSites(int badSites) {
    if (badSites < 1) {
      throw new IllegalArgumentException("bad_sites: found " + badSites + ", expected at least 1");
    }
  }

  /// Why so few updates cannot be combined, if they cannot.
  static Optional<String> refusal(String rule, int badSites, long needed, int sites) {
    return sites >= needed
        ? Optional.empty()
        : Optional.of(
            rule
                + " with bad_sites "
                + badSites
                + " needs the updates of at least "
                + needed
                + " sites, found "
                + sites);
  }

  /// The same updates, all of one weight: what a site claims about itself must not buy it
  /// influence.
  static List<Contribution.Plain> alike(List<Contribution.Plain> updates) {
    return updates.stream().map(update -> update.weighing(1)).toList();
  }

  /// The same updates with these weights.
  static List<Contribution.Plain> weighing(List<Contribution.Plain> updates, double[] weights) {
    return IntStream.range(0, weights.length)
        .mapToObj(i -> updates.get(i).weighing(weights[i]))
        .toList();
  }

  /// Elements of a block such that those of all sites together stay few MiB.
  static int blockElements(int sites) {
    return Math.max(HELD_ELEMENTS / Math.max(sites, 1), 256);
  }
}
