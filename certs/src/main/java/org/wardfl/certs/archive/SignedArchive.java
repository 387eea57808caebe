package org.wardfl.certs.archive;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.wardfl.certs.Identity;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.LeafProfile;
import org.wardfl.certs.PrivateFile;
import org.wardfl.certs.TrustAnchors;
import org.wardfl.certs.manifest.Difference;
import org.wardfl.certs.manifest.FileEntry;
import org.wardfl.certs.manifest.FolderComparison;
import org.wardfl.certs.manifest.Manifest;
import org.wardfl.certs.manifest.SignedManifest;

/// Files with one signature over all of them, as one file: a ZIP archive whose first entry is the
/// signed manifest with the signer's certificates, and whose others are the manifest's files in the
/// order of their names.
///
/// All bytes of it except the contents follow from the manifest. An open archive is therefore one
/// that its signer wrote, up to the contents; those are checked while they are read. Safe for many
/// threads.
public final class SignedArchive implements AutoCloseable {

  /// The first entry. No other is hidden, so none can have this name.
  static final String MANIFEST = ".ward/manifest.txt";

  private static final int MAX_FILES = 9_999;
  private static final long MAX_BYTES = 3L << 30;

  private final ArchiveReader reader;
  private final byte[] signedManifest;
  private final SignedManifest.Verified verified;
  private final List<ArchiveReader.Content> contents;

  private SignedArchive(
      ArchiveReader reader,
      byte[] signedManifest,
      SignedManifest.Verified verified,
      List<ArchiveReader.Content> contents) {
    this.reader = reader;
    this.signedManifest = signedManifest;
    this.verified = verified;
    this.contents = contents;
  }

  /// Signs a manifest and writes it with its files.
  ///
  /// @param folder where the files lie
  /// @param target replaced in one step; not among the files
  /// @throws ArchiveException if a file may not be in an archive, or is not what the manifest says
  /// @throws IOException if a file cannot be read or written
  public static void write(Manifest manifest, Path folder, Identity signer, Path target)
      throws ArchiveException, IOException {
    check(manifest);
    ArchiveWriter.write(SignedManifest.sign(manifest, signer).encode(), manifest, folder, target);
  }

  /// Opens an archive and checks it before anything is taken from it: who signed it, whether that
  /// counts here and now, the files' names, and every byte around the contents.
  ///
  /// @param type what the caller expects to be signed
  /// @param signers whose signature counts
  /// @param at the time that counts
  /// @throws ArchiveException if it is not believed; the message says why
  /// @throws IOException if it cannot be read
  public static SignedArchive open(
      Path file, String type, TrustAnchors anchors, Set<LeafProfile> signers, Instant at)
      throws ArchiveException, IOException {
    var reader = new ArchiveReader(file);
    try {
      var signed = reader.signedManifest();
      var verified = verify(signed, type, anchors, signers, at);
      return new SignedArchive(reader, signed, verified, reader.layout(signed, verified));
    } catch (ArchiveException | IOException e) {
      reader.close();
      throw e;
    }
  }

  /// Checks an archive's first entry by itself, as [#open] does.
  ///
  /// @param signedManifest as [#signedManifest()] has it
  /// @throws ArchiveException if it is not believed; the message says why
  public static SignedManifest.Verified verify(
      byte[] signedManifest,
      String type,
      TrustAnchors anchors,
      Set<LeafProfile> signers,
      Instant at)
      throws ArchiveException {
    if (!at.isBefore(anchors.freshUntil())) {
      throw new ArchiveException(
          "the revocation lists were due for renewal at "
              + anchors.freshUntil()
              + ", so no signature can be believed; get new ones from the project admin");
    }
    try {
      var verified = SignedManifest.decode(signedManifest).verify(type, anchors, signers, at);
      check(verified.manifest());
      return verified;
    } catch (IdentityException e) {
      throw new ArchiveException(String.valueOf(e.getMessage()), e);
    }
  }

  private static void check(Manifest manifest) throws ArchiveException {
    var files = manifest.files().values();
    if (files.size() > MAX_FILES) {
      throw new ArchiveException(
          "an archive of " + files.size() + " files, expected at most " + MAX_FILES);
    }
    long left = MAX_BYTES;
    for (var file : files) {
      ArchivePaths.check(file.path());
      if (file.size() > left) {
        throw new ArchiveException(
            "files of more than " + MAX_BYTES + " bytes together, the most an archive holds");
      }
      left -= file.size();
    }
    ArchivePaths.checkTogether(manifest.files().keySet());
  }

  /// Refuses a name that a file in an archive may not have: longer than 200 characters, deeper than
  /// 16 folders, hidden, or of other characters than letters, digits, `.`, `_` and `-`.
  public static void checkName(String path) throws ArchiveException {
    ArchivePaths.check(path);
  }

  /// What was signed, and by whom.
  public SignedManifest.Verified verified() {
    return verified;
  }

  /// The signed manifest's bytes.
  public byte[] signedManifest() {
    return signedManifest.clone();
  }

  /// Unpacks all files into a new folder, which appears when it is complete, checked and durable.
  ///
  /// @param target does not exist; what an earlier process left unfinished beside it, goes away
  ///   with [StagedFolder#sweep]
  /// @throws ArchiveException if a content is not what was signed; the target is not there then
  /// @throws IOException likewise if a file cannot be read or written
  public void extract(Path target) throws ArchiveException, IOException {
    try (var staged = StagedFolder.beside(target)) {
      for (var content : contents) {
        var file = staged.folder().resolve(content.file().path());
        PrivateFile.createFolder(StagedFolder.parentOf(file));
        reader.copy(content, file);
      }
      requireNone(FolderComparison.compare(verified.manifest(), staged.folder(), _ -> false));
      staged.commit();
    }
  }

  private static void requireNone(Collection<Difference> differences) throws ArchiveException {
    if (!differences.isEmpty()) {
      throw new ArchiveException(
          "what was unpacked is not what was signed: "
              + differences.stream().map(Difference::sentence).collect(Collectors.joining("; ")));
    }
  }

  /// Copies one file out, durably.
  ///
  /// @param file as the manifest lists it
  /// @param target does not exist
  /// @throws ArchiveException if there is no such file, or its content is not what was signed; the
  ///   target is not there then
  /// @throws IOException likewise if a file cannot be read or written
  public void copy(FileEntry file, Path target) throws ArchiveException, IOException {
    for (var content : contents) {
      if (content.file().equals(file)) {
        reader.copy(content, target);
        return;
      }
    }
    throw new ArchiveException("there is no file '" + file.path() + "' in the archive");
  }

  /// Reads every file and compares it with what was signed; writes nothing.
  ///
  /// @throws ArchiveException naming the first file that is another
  /// @throws IOException if the archive cannot be read
  public void check() throws ArchiveException, IOException {
    for (var content : contents) {
      reader.check(content);
    }
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
