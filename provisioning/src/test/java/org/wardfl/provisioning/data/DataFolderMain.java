package org.wardfl.provisioning.data;

import java.nio.file.Path;
import org.wardfl.certs.CertifiedName;

/// A process that opens a data folder, says how often that was done, and keeps it until its input
/// ends.
final class DataFolderMain {

  private DataFolderMain() {}

  /// Opens and waits.
  ///
  /// @param arguments the folder; its owner
  public static void main(String... arguments) throws Exception {
    try (var data = DataFolder.open(Path.of(arguments[0]), CertifiedName.parse(arguments[1]))) {
      System.out.println(data.start() + " " + data.instance());
      while (System.in.read() >= 0) {
        // Until it ends.
      }
    }
  }
}
