package org.wardfl.server.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.zip.CRC32C;

/// What has arrived of a file, and beside it a list of checksums that tells after a crash or a loss
/// of power how much of it is good.
///
/// Nothing need be forced for that: a block counts only with its checksum. Not thread-safe, but for
/// [#force].
final class PartFile implements AutoCloseable {

  /// The ending of the list's name.
  static final String SUMS = ".sums";

  private static final int BLOCK = 64 << 10;
  private static final int RECORD = Integer.BYTES + Integer.BYTES;

  private final Path path;
  private final FileChannel data;
  private final FileChannel sums;
  private final CRC32C checksum = new CRC32C();
  private long offset;
  private long recorded;
  private int inBlock;
  private boolean failed;

  private PartFile(Path path, FileChannel data, FileChannel sums) {
    this.path = path;
    this.data = data;
    this.sums = sums;
  }

  /// Opens a part, which may be new.
  ///
  /// @param digest gets the bytes that are good
  static PartFile open(Path path, MessageDigest digest) throws IOException {
    var data = openChannel(path);
    FileChannel sums;
    try {
      sums = openChannel(sums(path));
    } catch (IOException e) {
      data.close();
      throw e;
    }
    var part = new PartFile(path, data, sums);
    try {
      part.readBack(digest);
    } catch (IOException e) {
      part.failed = true;
      part.close();
      throw e;
    }
    return part;
  }

  private static FileChannel openChannel(Path path) throws IOException {
    return FileChannel.open(
        path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  private void readBack(MessageDigest digest) throws IOException {
    var list = ByteBuffer.allocateDirect(BLOCK);
    var block = ByteBuffer.allocateDirect(BLOCK);
    boolean good = true;
    while (good && sums.read(list.clear(), recorded) > 0) {
      list.flip();
      good = list.remaining() >= RECORD;
      while (good && list.remaining() >= RECORD) {
        int length = list.getInt();
        int expected = list.getInt();
        good = length > 0 && length <= BLOCK && read(block.clear().limit(length), offset);
        if (good) {
          checksum.update(block.flip());
          good = (int) checksum.getValue() == expected;
          checksum.reset();
        }
        if (good) {
          digest.update(block.rewind());
          offset += length;
          recorded += RECORD;
        }
      }
    }
    data.truncate(offset);
    sums.truncate(recorded);
  }

  private boolean read(ByteBuffer block, long at) throws IOException {
    while (block.hasRemaining()) {
      int read = data.read(block, at + block.position());
      if (read < 0) {
        return false;
      }
    }
    return true;
  }

  /// Bytes that are here, from the beginning.
  long offset() {
    return offset;
  }

  /// Adds bytes. If that fails the part can only be closed, and opened anew.
  void append(ByteBuffer bytes) throws IOException {
    failed = true;
    var added = bytes.duplicate();
    long at = offset;
    while (bytes.hasRemaining()) {
      at += data.write(bytes, at);
    }
    var records = ByteBuffer.allocate((added.remaining() / BLOCK + 2) * RECORD);
    while (added.hasRemaining()) {
      int length = Math.min(added.remaining(), BLOCK - inBlock);
      checksum.update(added.slice(added.position(), length));
      added.position(added.position() + length);
      inBlock += length;
      if (inBlock == BLOCK) {
        end(records);
      }
    }
    write(records.flip());
    offset = at;
    failed = false;
  }

  private void end(ByteBuffer records) {
    records.putInt(inBlock).putInt((int) checksum.getValue());
    checksum.reset();
    inBlock = 0;
  }

  private void write(ByteBuffer records) throws IOException {
    while (records.hasRemaining()) {
      recorded += sums.write(records, recorded);
    }
  }

  /// Makes durable what was appended.
  void force(boolean attributes) throws IOException {
    data.force(attributes);
  }

  /// Throws it away.
  void delete() throws IOException {
    failed = true;
    close();
    Files.deleteIfExists(path);
    Files.deleteIfExists(sums(path));
  }

  private static Path sums(Path path) {
    return path.resolveSibling(path.getFileName() + SUMS);
  }

  /// Deletes the list once the part itself has another place.
  static void forgetSums(Path path) throws IOException {
    Files.deleteIfExists(sums(path));
  }

  @Override
  public void close() throws IOException {
    try (data;
        sums) {
      if (!failed && inBlock > 0 && sums.isOpen()) {
        var record = ByteBuffer.allocate(RECORD);
        end(record);
        write(record.flip());
      }
    }
  }
}
