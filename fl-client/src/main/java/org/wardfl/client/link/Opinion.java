package org.wardfl.client.link;

import org.wardfl.proto.PlainText;
import org.wardfl.proto.task.ObservedState.Decision;

/// What a site would say to a job.
///
/// @param decision what it would decide
/// @param reason one sentence that may leave the site, empty for ADMITTED; made plain, at most 500
///   characters
public record Opinion(Decision decision, String reason) {

  private static final int LONGEST = 500;

  /// Makes the reason plain.
  public Opinion {
    reason = PlainText.of(reason, LONGEST);
  }
}
