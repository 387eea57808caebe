package org.wardfl.server.schedule;

import org.wardfl.proto.PlainText;

/// How a site stands to a job, and why.
///
/// @param kind how
/// @param sentence for people; empty if there is nothing to say
public record SiteStand(Kind kind, String sentence) {

  private static final int LONGEST = 600;

  /// Makes the sentence plain.
  public SiteStand {
    sentence = PlainText.of(sentence, LONGEST);
  }

  /// How a site can stand to a job.
  public enum Kind {
    /// It works on the job, or may at once.
    TAKEN(""),
    /// It could begin now.
    READY(""),
    /// It has not said yet what it thinks of the job.
    UNDECIDED("undecided"),
    /// It is not connected.
    OFFLINE("offline"),
    /// An administrator wants nothing asked of it.
    DISABLED("disabled"),
    /// Somebody there must approve the job first.
    APPROVAL("approval"),
    /// Somebody there has paused the job, or all jobs.
    PAUSED("paused"),
    /// It begins no jobs at this hour.
    HOURS("outside hours"),
    /// Its policy allows nothing for now.
    POLICY("policy"),
    /// Others have what the job needs.
    BUSY("resources taken"),
    /// It has less than the job needs, whoever else is there.
    SHORT("too small"),
    /// It does not take the job.
    REFUSED("refused");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    /// What a job waits for at such a site, in few words.
    public String word() {
      return word;
    }

    /// Whether the site does nothing for a running job until somebody changes what stands against
    /// it, so that its answer is not waited for.
    boolean isOut() {
      return this == DISABLED || this == SHORT || this == REFUSED;
    }

    /// Whether the site may join later, but nobody knows when.
    boolean isLater() {
      return switch (this) {
        case APPROVAL, PAUSED, HOURS, POLICY, BUSY -> true;
        case TAKEN, READY, UNDECIDED, OFFLINE, DISABLED, SHORT, REFUSED -> false;
      };
    }
  }
}
