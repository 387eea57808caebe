package org.wardfl.proto.admin;

import java.time.Instant;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.PlainText;

/// A line that a job's process printed at a site.
///
/// @param site where
/// @param at when the server got it
/// @param text made plain, at most 2,000 characters
public record LogLine(SiteName site, Instant at, String text) {

  /// The characters of the longest line; longer ones are cut.
  public static final int LONGEST = 2000;

  /// Makes the text plain.
  public LogLine {
    text = PlainText.of(text, LONGEST);
  }
}
