package org.wardfl.cli.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/// A temporary folder of this command's, gone with all that is in it.
final class ScratchFolder implements AutoCloseable {

  private final Path folder;

  ScratchFolder() throws IOException {
    folder = Files.createTempDirectory("ward-job");
  }

  /// One in this folder, from where things can be moved to their place.
  ScratchFolder(Path parent) throws IOException {
    folder = Files.createTempDirectory(parent, ".ward-job");
  }

  Path resolve(String name) {
    return folder.resolve(name);
  }

  @Override
  public void close() throws IOException {
    try (var entries = Files.walk(folder)) {
      for (var entry : entries.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(entry);
      }
    }
  }
}
