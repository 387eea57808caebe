package org.wardfl.gpu.network;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/// The archives and programs beside this class; `networks.py` made the archives.
public final class Scripts {

  private Scripts() {}

  /// Puts a copy of one of them into a folder.
  public static Path copy(Path folder, String name) throws IOException {
    Files.createDirectories(folder);
    try (InputStream in = Objects.requireNonNull(Scripts.class.getResourceAsStream(name), name)) {
      return Files.write(folder.resolve(name), in.readAllBytes());
    }
  }
}
