package org.wardfl.proto.admin;

import org.wardfl.algo.SiteName;
import org.wardfl.proto.PlainText;

/// What a site would say to a job that nobody has submitted.
///
/// @param site which
/// @param verdict what
/// @param reason one sentence, or empty; made plain
public record SiteForecast(SiteName site, Verdict verdict, String reason) {

  private static final int LONGEST = 600;

  /// Makes the reason plain.
  public SiteForecast {
    reason = PlainText.of(reason, LONGEST);
  }

  /// What a site would do.
  public enum Verdict {
    /// It would take the job.
    WOULD_TAKE,
    /// It would not.
    WOULD_REFUSE,
    /// Somebody there would have to approve the job.
    NEEDS_APPROVAL,
    /// Somebody there has paused it.
    PAUSED,
    /// It has less than the job asks for.
    TOO_SMALL,
    /// It would take the job, but begins none now.
    CLOSED,
    /// It is not connected.
    OFFLINE,
    /// An administrator wants nothing asked of it.
    DISABLED,
    /// It is connected, but did not say, or cannot.
    NO_ANSWER
  }
}
