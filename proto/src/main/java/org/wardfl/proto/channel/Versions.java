package org.wardfl.proto.channel;

import java.util.OptionalInt;

/// The versions of the protocol that one side speaks; a range that is none has nothing in common
/// with any.
///
/// @param oldest positive
/// @param newest at least the oldest
public record Versions(int oldest, int newest) {

  private boolean isRange() {
    return oldest >= 1 && oldest <= newest;
  }

  /// Whether this one is spoken.
  public boolean speaks(int version) {
    return isRange() && version >= oldest && version <= newest;
  }

  /// The highest version that both sides speak; empty if there is none.
  public OptionalInt common(Versions other) {
    int common = Math.min(newest, other.newest);
    return speaks(common) && other.speaks(common) ? OptionalInt.of(common) : OptionalInt.empty();
  }

  /// What a server that speaks these versions tells a site with which it has none in common.
  public String refusal(Versions site) {
    return "the site speaks versions "
        + site.oldest
        + " to "
        + site.newest
        + " of the protocol, the server "
        + oldest
        + " to "
        + newest
        + "; upgrade the "
        + (site.isRange() && site.oldest > newest ? "server" : "site");
  }
}
