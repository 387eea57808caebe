package org.wardfl.client.flare;

import java.util.List;

/// A job of FLARE's that cannot become one of Ward's.
public final class FlareJobException extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient List<String> obstacles;

  /// What stands in the way, one sentence each: file, component, key, reason.
  public FlareJobException(List<String> obstacles) {
    super(String.join("\n", obstacles));
    this.obstacles = List.copyOf(obstacles);
  }

  /// One sentence each.
  public List<String> obstacles() {
    return obstacles;
  }
}
