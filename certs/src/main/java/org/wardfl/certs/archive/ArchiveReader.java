package org.wardfl.certs.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.wardfl.certs.manifest.FileEntry;
import org.wardfl.certs.manifest.SignedManifest;

/// Reads an archive by comparing it with what the signed manifest says it must be.
final class ArchiveReader implements AutoCloseable {

  private static final int MAX_MANIFEST = 17 << 20;

  private final FileChannel channel;

  /// Where a file's content lies, and what it must be.
  record Content(FileEntry file, ZipEntryLayout entry) {}

  ArchiveReader(Path file) throws IOException {
    channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
  }

  /// The first entry, which must be a signed manifest; believed by nobody yet.
  byte[] signedManifest() throws ArchiveException, IOException {
    var header = bytes(0, ZipEntryLayout.LOCAL_SIZE + SignedArchive.MANIFEST.length());
    long size = ZipEntryLayout.sizeIn(header);
    var entry = new ZipEntryLayout(SignedArchive.MANIFEST, size, ZipEntryLayout.crcIn(header), 0);
    if (!header.equals(entry.localHeader())) {
      throw new ArchiveException(
          "not a signed archive: it does not begin with " + SignedArchive.MANIFEST);
    }
    if (size > MAX_MANIFEST) {
      throw new ArchiveException(
          "a manifest of " + size + " bytes, expected at most " + MAX_MANIFEST);
    }
    var check = new ContentCheck();
    var content = new byte[(int) size];
    bytes(entry.contentOffset(), content.length).get(content);
    check.add(ByteBuffer.wrap(content));
    if (check.crc() != entry.crc()) {
      throw new ArchiveException("the signed manifest was damaged: its checksum is another");
    }
    return content;
  }

  /// Where each file of the manifest lies; refuses an archive that has anything else, or anything
  /// in another place.
  List<Content> layout(byte[] signedManifest, SignedManifest.Verified verified)
      throws ArchiveException, IOException {
    var check = new ContentCheck();
    check.add(ByteBuffer.wrap(signedManifest));
    var entries = new ArrayList<ZipEntryLayout>();
    entries.add(new ZipEntryLayout(SignedArchive.MANIFEST, signedManifest.length, check.crc(), 0));
    var contents = new ArrayList<Content>();
    for (var file : verified.manifest().files().values()) {
      entries.add(entry(file, entries.getLast().end()));
      contents.add(new Content(file, entries.getLast()));
    }
    long end = entries.getLast().end();
    var directory = ZipEntryLayout.directory(entries);
    if (!bytes(end, directory.remaining()).equals(directory)) {
      throw new ArchiveException(
          "the archive's directory says something else than its entries and its manifest");
    }
    if (channel.size() != end + directory.limit()) {
      throw new ArchiveException(
          "the archive goes on for "
              + (channel.size() - end - directory.limit())
              + " bytes after its end");
    }
    return List.copyOf(contents);
  }

  private ZipEntryLayout entry(FileEntry file, long offset) throws ArchiveException, IOException {
    var header = bytes(offset, ZipEntryLayout.LOCAL_SIZE + file.path().length());
    var entry = new ZipEntryLayout(file.path(), file.size(), ZipEntryLayout.crcIn(header), offset);
    if (!header.equals(entry.localHeader())) {
      throw new ArchiveException(
          "at byte "
              + offset
              + " of the archive there is not the file '"
              + file.path()
              + "' as the manifest lists it");
    }
    return entry;
  }

  /// Writes a file's content to a new file, durably, and checks it on the way.
  ///
  /// @throws ArchiveException if it is not what was signed; the new file is gone then
  /// @throws IOException likewise if it cannot be read or written
  void copy(Content content, Path target) throws ArchiveException, IOException {
    var output = FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (output) {
      read(
          content,
          piece -> {
            while (piece.hasRemaining()) {
              output.write(piece);
            }
          });
      output.force(true);
    } catch (ArchiveException | IOException e) {
      Files.deleteIfExists(target);
      throw e;
    }
  }

  /// Reads a file's content and checks it.
  ///
  /// @throws ArchiveException if it is not what was signed
  void check(Content content) throws ArchiveException, IOException {
    read(content, _ -> {});
  }

  /// Takes a file's content piece by piece.
  private interface Sink {
    void take(ByteBuffer piece) throws IOException;
  }

  private void read(Content content, Sink sink) throws ArchiveException, IOException {
    var entry = content.entry();
    var check = new ContentCheck();
    for (long at = entry.contentOffset(); at < entry.end(); ) {
      var piece = bytes(at, (int) Math.min(ContentCheck.BUFFER, entry.end() - at));
      at += piece.remaining();
      check.add(piece);
      sink.take(piece);
    }
    boolean sameChecksum = check.crc() == entry.crc();
    if (!check.entry(content.file().path()).equals(content.file()) || !sameChecksum) {
      throw new ArchiveException(
          "file '" + content.file().path() + "' is not what was signed: its hash is another");
    }
  }

  private ByteBuffer bytes(long position, int size) throws ArchiveException, IOException {
    if (channel.size() - position < size) {
      throw new ArchiveException("the archive ends in the middle, at byte " + channel.size());
    }
    var bytes = ByteBuffer.allocate(size);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, position + bytes.position()) < 0) {
        throw new ArchiveException("the archive was cut while it was read");
      }
    }
    return bytes.flip();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
