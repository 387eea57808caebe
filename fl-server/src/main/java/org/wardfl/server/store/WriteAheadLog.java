package org.wardfl.server.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Looks for damage in SQLite's write-ahead log before SQLite reads it.
///
/// SQLite takes the first frame with a wrong checksum for the end of the log, and so drops without
/// a word all that was committed after it. A crash can leave such a frame in the last transaction
/// only, since each is forced before the next begins. So a bad frame that whole transactions follow
/// is damage. (Damage within the last transaction looks like a crash.) The format: SQLite
/// documentation, "WAL-mode File Format".
final class WriteAheadLog {

  private static final int HEADER = 32;
  private static final int FRAME_HEADER = 24;
  private static final int MAGIC = 0x377f0682;
  private static final int MAX_PAGE = 1 << 16;

  private final Path file;
  private final FileChannel channel;
  private final long size;

  private WriteAheadLog(Path file, FileChannel channel) throws IOException {
    this.file = file;
    this.channel = channel;
    this.size = channel.size();
  }

  /// Refuses a damaged log.
  ///
  /// @param file may be missing
  /// @throws IOException if it is damaged or cannot be read
  static void requireWhole(Path file) throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      new WriteAheadLog(file, channel).check();
    }
  }

  private void check() throws IOException {
    if (size <= HEADER) {
      return;
    }
    var header = read(0, HEADER);
    if (isEmpty(header)) {
      return;
    }
    int magic = header.getInt(0);
    int page = header.getInt(8);
    var sum = new Checksum((magic & 1) == 0 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    sum.add(header, 0, HEADER - 8);
    if ((magic & ~1) != MAGIC
        || page < 512
        || page > MAX_PAGE
        || !sum.equals(header.getInt(24), header.getInt(28))) {
      throw damaged(0);
    }
    long salt = header.getLong(16);
    long at = HEADER;
    long step = (long) FRAME_HEADER + page;
    for (; at + step <= size; at += step) {
      var frame = read(at, (int) step);
      sum.add(frame, 0, 8);
      sum.add(frame, FRAME_HEADER, page);
      if (frame.getLong(8) != salt || !sum.equals(frame.getInt(16), frame.getInt(20))) {
        break;
      }
    }
    requireLastTransaction(at, step, salt);
  }

  /// Refuses a bad frame after which a transaction ends and another begins.
  private void requireLastTransaction(long bad, long step, long salt) throws IOException {
    boolean ended = false;
    for (long at = bad; at + FRAME_HEADER <= size; at += step) {
      var frame = read(at, FRAME_HEADER);
      // Frames of earlier times, all in the database by now, have another salt.
      if (frame.getLong(8) == salt) {
        if (ended) {
          throw damaged(bad);
        }
        ended = frame.getInt(4) != 0;
      }
    }
  }

  private IOException damaged(long at) {
    return new IOException(
        "journal " + file + " is damaged at byte " + at + SqliteEventStore.REMEDY);
  }

  private ByteBuffer read(long at, int length) throws IOException {
    var buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, at + buffer.position()) < 0) {
        throw new IOException("journal " + file + " became shorter while it was read");
      }
    }
    return buffer.flip();
  }

  private static boolean isEmpty(ByteBuffer header) {
    for (int i = 0; i < HEADER; i++) {
      if (header.get(i) != 0) {
        return false;
      }
    }
    return true;
  }

  /// The running checksum of a log, over its header and then over each frame.
  private static final class Checksum {

    private final ByteOrder order;
    private int first;
    private int second;

    Checksum(ByteOrder order) {
      this.order = order;
    }

    void add(ByteBuffer bytes, int from, int length) {
      var words = bytes.duplicate().order(order);
      for (int i = from; i < from + length; i += 8) {
        first += words.getInt(i) + second;
        second += words.getInt(i + 4) + first;
      }
    }

    boolean equals(int expectedFirst, int expectedSecond) {
      return first == expectedFirst && second == expectedSecond;
    }
  }
}
