package org.wardfl.certs.archive;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/// Writes any ZIP archive, also those that no honest program writes.
final class RawZip {

  static final int DEFLATED = 8;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final ByteArrayOutputStream directory = new ByteArrayOutputStream();
  private int entries;

  /// How an entry is written.
  ///
  /// @param name in the local header
  /// @param centralName in the directory
  /// @param content before compression
  // Entries are never compared.
  @SuppressWarnings("ArrayRecordComponent")
  record Entry(
      String name,
      String centralName,
      byte[] content,
      int method,
      int flags,
      int claimedSize,
      int attributes,
      byte[] extra) {

    static Entry of(String name, byte[] content) {
      return new Entry(name, name, content, 0, 0, content.length, 0, new byte[0]);
    }

    Entry named(String other) {
      return new Entry(other, other, content, method, flags, claimedSize, attributes, extra);
    }

    Entry centrallyNamed(String other) {
      return new Entry(name, other, content, method, flags, claimedSize, attributes, extra);
    }

    Entry deflated() {
      return new Entry(name, centralName, content, DEFLATED, flags, claimedSize, attributes, extra);
    }

    Entry flagged(int other) {
      return new Entry(name, centralName, content, method, other, claimedSize, attributes, extra);
    }

    Entry claiming(int size) {
      return new Entry(name, centralName, content, method, flags, size, attributes, extra);
    }

    Entry withAttributes(int other) {
      return new Entry(name, centralName, content, method, flags, claimedSize, other, extra);
    }

    Entry withExtra(byte[] other) {
      return new Entry(name, centralName, content, method, flags, claimedSize, attributes, other);
    }
  }

  static byte[] of(List<Entry> entries) {
    var zip = new RawZip();
    entries.forEach(zip::add);
    return zip.finish("");
  }

  /// The entries of an archive as [SignedArchive] writes it.
  static List<Entry> read(byte[] archive) {
    var entries = new ArrayList<Entry>();
    var buffer = ByteBuffer.wrap(archive).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.getInt(buffer.position()) == 0x04034b50) {
      int start = buffer.position();
      var name = new byte[buffer.getShort(start + 26)];
      var content = new byte[buffer.getInt(start + 22)];
      buffer.position(start + 30).get(name).get(content);
      entries.add(Entry.of(new String(name, StandardCharsets.ISO_8859_1), content));
    }
    return entries;
  }

  RawZip add(Entry entry) {
    int offset = bytes.size();
    var stored = entry.method() == DEFLATED ? deflate(entry.content()) : entry.content();
    var crc = new CRC32();
    crc.update(entry.content());
    var name = entry.name().getBytes(StandardCharsets.ISO_8859_1);
    var common = common(entry, (int) crc.getValue(), stored.length);
    write(bytes, 0x04034b50, 4);
    bytes.writeBytes(common);
    write(bytes, name.length, 2);
    write(bytes, entry.extra().length, 2);
    bytes.writeBytes(name);
    bytes.writeBytes(entry.extra());
    bytes.writeBytes(stored);
    var central = entry.centralName().getBytes(StandardCharsets.ISO_8859_1);
    write(directory, 0x02014b50, 4);
    write(directory, entry.attributes() == 0 ? 10 : 0x031e, 2);
    directory.writeBytes(common);
    write(directory, central.length, 2);
    write(directory, 0, 2);
    write(directory, 0, 4);
    write(directory, 0, 2);
    write(directory, entry.attributes(), 4);
    write(directory, offset, 4);
    directory.writeBytes(central);
    entries++;
    return this;
  }

  RawZip garbage(byte[] between) {
    bytes.writeBytes(between);
    return this;
  }

  byte[] finish(String comment) {
    int offset = bytes.size();
    bytes.writeBytes(directory.toByteArray());
    write(bytes, 0x06054b50, 4);
    write(bytes, 0, 4);
    write(bytes, entries, 2);
    write(bytes, entries, 2);
    write(bytes, directory.size(), 4);
    write(bytes, offset, 4);
    write(bytes, comment.length(), 2);
    bytes.writeBytes(comment.getBytes(StandardCharsets.ISO_8859_1));
    return bytes.toByteArray();
  }

  private static byte[] common(Entry entry, int crc, int stored) {
    var common = new ByteArrayOutputStream();
    write(common, 10, 2);
    write(common, entry.flags(), 2);
    write(common, entry.method(), 2);
    write(common, 0, 2);
    write(common, 0x21, 2);
    write(common, crc, 4);
    write(common, stored, 4);
    write(common, entry.claimedSize(), 4);
    return common.toByteArray();
  }

  private static void write(ByteArrayOutputStream output, int value, int size) {
    for (int i = 0; i < size; i++) {
      output.write(value >>> (8 * i));
    }
  }

  private static byte[] deflate(byte[] content) {
    var output = new ByteArrayOutputStream();
    try (var deflater = new DeflaterOutputStream(output, new Deflater(9, true))) {
      deflater.write(content);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return output.toByteArray();
  }
}
