package org.wardfl.client.state;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.wardfl.proto.wire.StoredResult;

/// A stored outcome as a file: a CRC32C, and the message that it covers.
final class OutcomeFile {

  private static final int BUFFER = 256 << 10;

  private OutcomeFile() {}

  static void write(Path file, StoredResult message) throws IOException {
    var body = message.toByteArray();
    var checksum = new CRC32C();
    checksum.update(body);
    Files.write(
        file,
        ByteBuffer.allocate(Integer.BYTES + body.length)
            .putInt((int) checksum.getValue())
            .put(body)
            .array());
  }

  static StoredResult read(Path file) throws IOException {
    var bytes = ByteBuffer.wrap(Files.readAllBytes(file));
    var checksum = new CRC32C();
    if (bytes.remaining() < Integer.BYTES) {
      throw damaged(file, null);
    }
    int expected = bytes.getInt();
    checksum.update(bytes.slice());
    if ((int) checksum.getValue() != expected) {
      throw damaged(file, null);
    }
    try {
      return StoredResult.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw damaged(file, e);
    }
  }

  static IOException damaged(Path file, @org.jspecify.annotations.Nullable Exception cause) {
    return new IOException(
        "stored outcome "
            + file
            + " is damaged; restore it from a backup, or delete it: its task is then done again"
            + " if the server still asks for it",
        cause);
  }

  /// The CRC32C of a file of any size.
  static int checksum(Path file) throws IOException {
    var checksum = new CRC32C();
    var buffer = ByteBuffer.allocateDirect(BUFFER);
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      while (channel.read(buffer) >= 0) {
        checksum.update(buffer.flip());
        buffer.clear();
      }
    }
    return (int) checksum.getValue();
  }

  static boolean hasChecksum(Path file, int expected) throws IOException {
    try {
      return checksum(file) == expected;
    } catch (NoSuchFileException _) {
      return false;
    }
  }
}
