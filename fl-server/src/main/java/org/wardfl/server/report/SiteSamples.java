package org.wardfl.server.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.wardfl.proto.sample.SampleException;
import org.wardfl.proto.sample.SampleSet;

/// What there is of a site's sample pictures, where its folder can be read: in a simulation.
public sealed interface SiteSamples {

  /// They can be shown.
  ///
  /// @param set all of them
  record Shown(SampleSet set) implements SiteSamples {}

  /// None of them is shown.
  ///
  /// @param reason what is wrong with them
  record Refused(String reason) implements SiteSamples {}

  /// Those of a folder; empty if it has none.
  static Optional<SiteSamples> read(Path folder) {
    try {
      return SampleSet.read(folder).map(Shown::new);
    } catch (SampleException e) {
      return Optional.of(new Refused(String.valueOf(e.getMessage())));
    } catch (IOException e) {
      return Optional.of(new Refused("they cannot be read: " + e.getClass().getSimpleName()));
    }
  }
}
