package org.wardfl.provisioning.state;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.wardfl.certs.PrivateFile;
import org.wardfl.certs.archive.StagedFolder;

/// Kits that were prepared and are to be put in their place once the registry names them.
final class StagedKits {

  static final String KIT = "kit";
  static final String ZIP = "kit.zip";
  static final String PASSWORD = "password.txt";
  static final String MANIFEST = "manifest.txt";
  static final String ID = "id";

  private final ProjectState state;

  StagedKits(ProjectState state) {
    this.state = state;
  }

  /// A new folder to prepare a participant's kit in.
  Path prepare(String name) throws IOException {
    var folder = state.inState("staged").resolve(name);
    StagedFolder.delete(folder);
    PrivateFile.createFolder(folder);
    return folder;
  }

  /// Puts what the registry names in its place, and deletes all else.
  void settle() throws IOException {
    var staged = state.inState("staged");
    if (!Files.isDirectory(staged)) {
      return;
    }
    try (var folders = Files.list(staged)) {
      for (var folder : folders.sorted().toList()) {
        var name = folder.getFileName().toString();
        var id = folder.resolve(ID);
        var wanted = state.registry().member(name).map(Member::kit).orElse("");
        if (Files.exists(id) && Files.readString(id, StandardCharsets.US_ASCII).equals(wanted)) {
          place(name, folder);
        }
        StagedFolder.delete(folder);
      }
    }
  }

  /// Deletes what was prepared by a run that failed.
  ///
  /// @param failure of the run; one more failure is added to it
  void discard(IOException failure) {
    try {
      settle();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  /// Each step may have been done by a run that was killed after it; the kit's folder is last.
  private void place(String name, Path folder) throws IOException {
    move(folder.resolve(MANIFEST), state.inState("manifests").resolve(name + ".txt"));
    move(folder.resolve(PASSWORD), state.results("passwords").resolve(name + ".txt"));
    move(folder.resolve(ZIP), state.results("zips").resolve(name + ".zip"));
    var kit = folder.resolve(KIT);
    if (Files.exists(kit)) {
      var target = state.results("kits").resolve(name);
      StagedFolder.delete(target);
      Files.move(kit, target, StandardCopyOption.ATOMIC_MOVE);
      PrivateFile.forceFolder(state.results("kits"));
    }
  }

  private static void move(Path from, Path to) throws IOException {
    if (Files.exists(from)) {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      var folder = to.getParent();
      if (folder != null) {
        PrivateFile.forceFolder(folder);
      }
    }
  }
}
