package org.wardfl.server.result;

import java.util.List;
import java.util.Optional;

/// The name of a track on which a model is scored across sites; it tells what the model is.
///
/// A name is an owner, `/`, and which of its models: `server/final`, `site-1/best`.
public final class CrossSiteTrack {

  /// The owner of the federation's models; a site of this name is told apart by its place.
  public static final String SERVER = "server";

  private static final String PREFIX = "cross/";

  private CrossSiteTrack() {}

  /// The track of a model with these names.
  public static String of(List<String> names) {
    return PREFIX + String.join("+", names);
  }

  /// The names of the model of a track; empty if it is another kind of track.
  public static Optional<List<String>> names(String track) {
    return track.startsWith(PREFIX)
        ? Optional.of(List.of(track.substring(PREFIX.length()).split("[+]")))
        : Optional.empty();
  }
}
