package org.wardfl.client.policy;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.wardfl.provisioning.site.SitePolicyFile;

/// Whether a dataset has as many patients as its owner asks for, before anything is learned from
/// it.
///
/// The site counts for itself: what a job's code says it saw proves nothing. The owner's own number
/// comes first. Without one, the records of a CSV file (RFC 4180) are counted, the first being its
/// header; nothing else can be counted.
public final class PatientCount {

  private PatientCount() {}

  /// Whether the dataset has its minimum. Empty if it cannot be told.
  ///
  /// @throws IOException if it cannot be read
  public static Optional<Boolean> isEnough(SitePolicyFile.Dataset dataset) throws IOException {
    if (dataset.minimum() == 0) {
      return Optional.of(true);
    }
    if (dataset.patients().isPresent()) {
      return Optional.of(dataset.patients().getAsLong() >= dataset.minimum());
    }
    if (!isTable(dataset.path())) {
      return Optional.empty();
    }
    try (var input = new BufferedInputStream(Files.newInputStream(dataset.path()))) {
      return Optional.of(hasRecords(input, dataset.minimum() + 1));
    }
  }

  private static boolean isTable(Path path) {
    var name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
    return Files.isRegularFile(path) && name.endsWith(".csv");
  }

  /// Reads no further than it needs. A line break in quotes ends no record; an empty line is none.
  private static boolean hasRecords(InputStream input, long needed) throws IOException {
    long records = 0;
    boolean quoted = false;
    boolean content = false;
    for (int c = input.read(); c >= 0 && records < needed; c = input.read()) {
      if (c == '"') {
        quoted = !quoted;
        content = true;
      } else if (c == '\n' && !quoted) {
        records += content ? 1 : 0;
        content = false;
      } else if (c > ' ') {
        content = true;
      }
    }
    return records + (content && !quoted ? 1 : 0) >= needed;
  }
}
