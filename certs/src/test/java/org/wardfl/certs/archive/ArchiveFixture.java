package org.wardfl.certs.archive;

import static org.wardfl.certs.CertifiedProject.NOW;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.wardfl.certs.CertifiedProject;
import org.wardfl.certs.Identity;
import org.wardfl.certs.LeafProfile;
import org.wardfl.certs.TrustAnchors;
import org.wardfl.certs.manifest.FolderComparison;
import org.wardfl.certs.manifest.Manifest;

/// Archives of one project, signed by one of its people.
final class ArchiveFixture {

  static final String TYPE = "job";
  static final CertifiedProject PROJECT = new CertifiedProject("chest_ct");
  static final TrustAnchors ANCHORS = PROJECT.anchors();
  static final Identity ALICE = PROJECT.identity("lead", "alice@uni.org");

  private ArchiveFixture() {}

  static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// An archive of files with these texts.
  static byte[] archive(Path folder, Map<String, String> files, Map<String, String> context)
      throws IOException, ArchiveException {
    var source = Files.createTempDirectory(folder, "source");
    for (var file : files.entrySet()) {
      var path = source.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
    var target = source.resolveSibling(source.getFileName() + ".zip");
    SignedArchive.write(
        Manifest.of(TYPE, context, FolderComparison.list(source, _ -> false)),
        source,
        ALICE,
        target);
    return Files.readAllBytes(target);
  }

  static SignedArchive open(Path file) throws IOException, ArchiveException {
    return SignedArchive.open(file, TYPE, ANCHORS, Set.of(LeafProfile.USER), NOW);
  }

  /// Opens and unpacks these bytes.
  static void unpack(Path folder, byte[] archive, Path target)
      throws IOException, ArchiveException {
    var file = Files.write(folder.resolve("received.zip"), archive);
    try (var opened = open(file)) {
      opened.extract(target);
    }
  }
}
