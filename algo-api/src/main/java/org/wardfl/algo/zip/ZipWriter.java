package org.wardfl.algo.zip;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/// Writes an archive whose entries are stored, each beginning at a multiple of 64 bytes, so that
/// others can map them (PKWARE APPNOTE 6.3.10).
///
/// The same entries give the same bytes: there are no dates. The archive is written to a temporary
/// file that takes its name only when it is whole. Not thread-safe.
public final class ZipWriter implements AutoCloseable {

  /// The alignment of every entry's content.
  public static final int ALIGNMENT = 64;

  private static final int LOCAL_BYTES = 30;
  private static final int EXTRA_HEADER_BYTES = 4;
  private static final int WIDE_BYTES = 16;
  private static final int CRC_AT = 14;
  private static final short PLAIN_VERSION = 20;
  private static final short WIDE_VERSION = 45;
  private static final short UTF_8_NAMES = 1 << 11;
  private static final short FIRST_OF_JANUARY_1980 = 0x21;
  // The identifier that PyTorch gives to the field that only pads.
  private static final short PADDING_FIELD = 0x4246;
  private static final short WIDE_FIELD = 1;
  private static final long NARROW_LIMIT = 0xffffffffL;

  private final Path target;
  private final Path temporary;
  private final FileChannel channel;
  private final List<Entry> entries = new ArrayList<>();
  private final CRC32 crc = new CRC32();
  private long remaining;
  private boolean finished;

  private record Entry(String name, long sizeBytes, long offset, int crc32) {}

  private ZipWriter(Path target) throws IOException {
    this.target = target;
    this.temporary = target.resolveSibling(target.getFileName() + ".part");
    this.channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
  }

  /// Begins an archive.
  ///
  /// @throws IOException if the temporary file cannot be made
  public static ZipWriter open(Path target) throws IOException {
    return new ZipWriter(target);
  }

  /// Adds a small file.
  ///
  /// @throws IOException if it cannot be written
  public void add(String name, byte[] content) throws IOException {
    begin(name, content.length);
    append(ByteBuffer.wrap(content));
    end();
  }

  /// Begins a file, whose content is to be appended.
  ///
  /// @throws IOException if it cannot be written
  public void begin(String name, long sizeBytes) throws IOException {
    var bytes = name.getBytes(StandardCharsets.UTF_8);
    long at = channel.position();
    boolean wide = sizeBytes >= NARROW_LIMIT;
    int fixed =
        LOCAL_BYTES
            + bytes.length
            + (wide ? EXTRA_HEADER_BYTES + WIDE_BYTES : 0)
            + EXTRA_HEADER_BYTES;
    int padding = (int) (Math.ceilDiv(at + fixed, ALIGNMENT) * ALIGNMENT - at - fixed);
    var header = littleEndian(fixed + padding);
    header.putInt(0x04034b50).putShort(wide ? WIDE_VERSION : PLAIN_VERSION).putShort(UTF_8_NAMES);
    header.putShort((short) 0).putShort((short) 0).putShort(FIRST_OF_JANUARY_1980).putInt(0);
    header
        .putInt((int) Math.min(sizeBytes, NARROW_LIMIT))
        .putInt((int) Math.min(sizeBytes, NARROW_LIMIT));
    header
        .putShort((short) bytes.length)
        .putShort((short) (fixed + padding - LOCAL_BYTES - bytes.length));
    header.put(bytes);
    if (wide) {
      header
          .putShort(WIDE_FIELD)
          .putShort((short) WIDE_BYTES)
          .putLong(sizeBytes)
          .putLong(sizeBytes);
    }
    header.putShort(PADDING_FIELD).putShort((short) padding);
    write(header.rewind());
    entries.add(new Entry(name, sizeBytes, at, 0));
    remaining = sizeBytes;
    crc.reset();
  }

  /// Appends content.
  ///
  /// @throws IOException if it cannot be written
  /// @throws IllegalStateException if there is more than was announced
  public void append(ByteBuffer bytes) throws IOException {
    if (bytes.remaining() > remaining) {
      throw new IllegalStateException(bytes.remaining() + " more bytes, expected " + remaining);
    }
    remaining -= bytes.remaining();
    crc.update(bytes.duplicate());
    write(bytes);
  }

  /// Ends a file.
  ///
  /// @throws IOException if it cannot be written
  /// @throws IllegalStateException if content is missing
  public void end() throws IOException {
    if (remaining != 0) {
      throw new IllegalStateException("the entry still lacks " + remaining + " bytes");
    }
    var entry = entries.removeLast();
    var checksum = littleEndian(4).putInt((int) crc.getValue()).flip();
    while (checksum.hasRemaining()) {
      channel.write(checksum, entry.offset() + CRC_AT + checksum.position());
    }
    entries.add(new Entry(entry.name(), entry.sizeBytes(), entry.offset(), (int) crc.getValue()));
  }

  /// Ends the archive and gives it its name.
  ///
  /// @throws IOException if it cannot be completed; then there is no file
  public void finish() throws IOException {
    long begin = channel.position();
    for (var entry : entries) {
      write(central(entry));
    }
    long end = channel.position();
    boolean wide = entries.size() >= 0xffff || end >= NARROW_LIMIT;
    if (wide) {
      var record = littleEndian(76).putInt(0x06064b50).putLong(44);
      record.putShort(WIDE_VERSION).putShort(WIDE_VERSION).putInt(0).putInt(0);
      record.putLong(entries.size()).putLong(entries.size()).putLong(end - begin).putLong(begin);
      record.putInt(0x07064b50).putInt(0).putLong(end).putInt(1);
      write(record.flip());
    }
    short count = (short) Math.min(entries.size(), 0xffff);
    var record = littleEndian(22).putInt(0x06054b50).putInt(0).putShort(count).putShort(count);
    record
        .putInt((int) Math.min(end - begin, NARROW_LIMIT))
        .putInt((int) Math.min(begin, NARROW_LIMIT));
    write(record.putShort((short) 0).flip());
    channel.close();
    Files.move(
        temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    finished = true;
  }

  private static ByteBuffer central(Entry entry) {
    boolean wideSize = entry.sizeBytes() >= NARROW_LIMIT;
    boolean wideOffset = entry.offset() >= NARROW_LIMIT;
    var name = entry.name().getBytes(StandardCharsets.UTF_8);
    int wideBytes = (wideSize ? WIDE_BYTES : 0) + (wideOffset ? Long.BYTES : 0);
    int extraBytes = wideBytes == 0 ? 0 : EXTRA_HEADER_BYTES + wideBytes;
    short version = wideBytes == 0 ? PLAIN_VERSION : WIDE_VERSION;
    var header = littleEndian(46 + name.length + extraBytes);
    header.putInt(0x02014b50).putShort(version).putShort(version).putShort(UTF_8_NAMES);
    header
        .putShort((short) 0)
        .putShort((short) 0)
        .putShort(FIRST_OF_JANUARY_1980)
        .putInt(entry.crc32());
    int size = (int) Math.min(entry.sizeBytes(), NARROW_LIMIT);
    header.putInt(size).putInt(size).putShort((short) name.length).putShort((short) extraBytes);
    header.putShort((short) 0).putShort((short) 0).putShort((short) 0).putInt(0);
    header.putInt((int) Math.min(entry.offset(), NARROW_LIMIT)).put(name);
    if (wideBytes > 0) {
      header.putShort(WIDE_FIELD).putShort((short) wideBytes);
    }
    if (wideSize) {
      header.putLong(entry.sizeBytes()).putLong(entry.sizeBytes());
    }
    if (wideOffset) {
      header.putLong(entry.offset());
    }
    return header.flip();
  }

  /// Deletes what was written, unless the archive is finished.
  @Override
  public void close() throws IOException {
    if (!finished) {
      channel.close();
      Files.deleteIfExists(temporary);
    }
  }

  private void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static ByteBuffer littleEndian(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
