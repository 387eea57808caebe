package org.wardfl.cli.identity;

import java.nio.file.Files;
import java.nio.file.Path;
import org.wardfl.provisioning.KitException;

/// A file that somebody named on the command line.
final class InputFile {

  private InputFile() {}

  /// The path, if there is a file.
  ///
  /// @param what it should be, for the message
  /// @throws KitException if there is none, or a folder
  static Path require(Path path, String what) throws KitException {
    if (Files.notExists(path)) {
      throw new KitException(path + " does not exist; expected " + what);
    }
    if (Files.isDirectory(path)) {
      throw new KitException(path + " is a folder; expected " + what);
    }
    return path;
  }
}
