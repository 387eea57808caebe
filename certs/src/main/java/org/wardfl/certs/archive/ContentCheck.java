package org.wardfl.certs.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.CRC32;
import org.wardfl.certs.manifest.FileEntry;

/// Size, SHA-256 and CRC-32 of bytes that pass by.
final class ContentCheck {

  static final int BUFFER = 1 << 16;

  private final MessageDigest digest;
  private final CRC32 crc = new CRC32();
  private long size;

  ContentCheck() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /// Takes these bytes into account, and leaves the buffer as it was.
  void add(ByteBuffer bytes) {
    size += bytes.remaining();
    digest.update(bytes.duplicate());
    crc.update(bytes.duplicate());
  }

  int crc() {
    return (int) crc.getValue();
  }

  /// The entry of a manifest for these bytes; ends the digest.
  FileEntry entry(String path) {
    return new FileEntry(path, size, HexFormat.of().formatHex(digest.digest()));
  }

  /// Where bytes go.
  interface Sink {
    void accept(ByteBuffer bytes) throws IOException;
  }

  /// What of a file is there to be read, through this check and on to a sink.
  void read(Path file, Sink sink) throws IOException {
    var buffer = ByteBuffer.allocate(BUFFER);
    try (var channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      while (channel.read(buffer) >= 0) {
        buffer.flip();
        add(buffer);
        sink.accept(buffer);
        buffer.clear();
      }
    }
  }
}
