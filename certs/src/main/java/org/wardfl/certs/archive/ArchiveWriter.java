package org.wardfl.certs.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.wardfl.certs.PrivateFile;
import org.wardfl.certs.manifest.FileEntry;
import org.wardfl.certs.manifest.Manifest;

/// Writes an archive: always the same bytes for the same manifest and signature.
final class ArchiveWriter implements AutoCloseable {

  private final FileChannel channel;
  private final List<ZipEntryLayout> entries = new ArrayList<>();
  private long end;

  private ArchiveWriter(FileChannel channel) {
    this.channel = channel;
  }

  /// Writes beside the target, and moves there.
  static void write(byte[] signedManifest, Manifest manifest, Path folder, Path target)
      throws ArchiveException, IOException {
    var absolute = target.toAbsolutePath();
    var part = absolute.resolveSibling("." + absolute.getFileName() + ".part");
    Files.deleteIfExists(part);
    try {
      try (var writer =
          new ArchiveWriter(
              FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))) {
        writer.add(SignedArchive.MANIFEST, signedManifest);
        for (var file : manifest.files().values()) {
          writer.add(file, folder.resolve(file.path()));
        }
        writer.finish();
      }
      Files.move(
          part, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
    PrivateFile.forceFolder(StagedFolder.parentOf(absolute));
  }

  private void add(String name, byte[] content) throws IOException {
    var check = new ContentCheck();
    var bytes = ByteBuffer.wrap(content);
    check.add(bytes);
    var entry = new ZipEntryLayout(name, content.length, check.crc(), end);
    put(bytes, entry.contentOffset());
    close(entry);
  }

  private void add(FileEntry file, Path source) throws ArchiveException, IOException {
    var check = new ContentCheck();
    var position = new long[] {new ZipEntryLayout(file.path(), 0, 0, end).contentOffset()};
    check.read(
        source,
        bytes -> {
          int size = bytes.remaining();
          put(bytes, position[0]);
          position[0] += size;
        });
    int crc = check.crc();
    if (!check.entry(file.path()).equals(file)) {
      throw new ArchiveException(
          "'" + file.path() + "' was changed while it was packed; pack again");
    }
    close(new ZipEntryLayout(file.path(), file.size(), crc, end));
  }

  private void close(ZipEntryLayout entry) throws IOException {
    put(entry.localHeader(), entry.offset());
    entries.add(entry);
    end = entry.end();
  }

  private void finish() throws IOException {
    put(ZipEntryLayout.directory(entries), end);
    channel.force(true);
  }

  private void put(ByteBuffer bytes, long at) throws IOException {
    long position = at;
    while (bytes.hasRemaining()) {
      position += channel.write(bytes, position);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
