package org.wardfl.algo.zip;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads the central directory of an archive and compares it with what stands before each entry
/// (PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12, 4.3.14, 4.3.15 and 4.3.16).
final class ZipDirectory {

  private static final int END_SIGNATURE = 0x06054b50;
  private static final int END_BYTES = 22;
  private static final int LOCATOR_SIGNATURE = 0x07064b50;
  private static final int LOCATOR_BYTES = 20;
  private static final int END64_SIGNATURE = 0x06064b50;
  private static final int END64_BYTES = 56;
  private static final int CENTRAL_SIGNATURE = 0x02014b50;
  private static final int CENTRAL_BYTES = 46;
  private static final int LOCAL_SIGNATURE = 0x04034b50;
  private static final int LOCAL_BYTES = 30;
  private static final int MAX_DIRECTORY_BYTES = 128 << 20;
  private static final int ENCRYPTED = 1;
  private static final int SIZES_FOLLOW = 1 << 3;
  private static final int STORED = 0;
  private static final int DEFLATED = 8;
  private static final long IN_EXTRA = 0xffffffffL;
  private static final int UNIX = 3;
  private static final int FILE_TYPE = 0xf000;
  private static final int SYMBOLIC_LINK = 0xa000;

  private final StoredContent file;
  private final ZipLimits limits;

  private ZipDirectory(StoredContent file, ZipLimits limits) {
    this.file = file;
    this.limits = limits;
  }

  /// Where the directory lies.
  private record Place(long offset, long sizeBytes, long entries) {}

  /// An entry with the place of its local header.
  private record Found(ZipEntryRecord entry, int flags, long headerOffset) {}

  static Map<String, ZipEntryRecord> read(FileChannel channel, ZipLimits limits)
      throws IOException, ZipFormatException {
    var file = new StoredContent(channel, 0, channel.size());
    return new ZipDirectory(file, limits).entries();
  }

  private Map<String, ZipEntryRecord> entries() throws IOException, ZipFormatException {
    var place = place();
    if (place.entries() > limits.entries()) {
      throw new ZipFormatException(
          "archive of " + place.entries() + " entries, expected at most " + limits.entries());
    }
    var directory = bytes(place.offset(), place.sizeBytes());
    var found = new ArrayList<Found>();
    long total = 0;
    for (long i = 0; i < place.entries(); i++) {
      var entry = central(directory, i);
      total += entry.entry().sizeBytes();
      found.add(entry);
      checkTotal(total);
    }
    if (directory.hasRemaining()) {
      throw new ZipFormatException(
          directory.remaining() + " bytes more in the archive's directory than its entries have");
    }
    return located(found, place.offset());
  }

  private void checkTotal(long total) throws ZipFormatException {
    boolean bomb =
        total > limits.anyRatioBytes() && total / Math.max(1, file.sizeBytes()) > limits.ratio();
    if (total < 0 || total > limits.unpackedBytes() || bomb) {
      throw new ZipFormatException(
          "archive of "
              + file.sizeBytes()
              + " bytes unpacks to "
              + total
              + " bytes or more, expected at most "
              + limits.ratio()
              + " times its size and "
              + limits.unpackedBytes()
              + " bytes");
    }
  }

  private Place place() throws IOException, ZipFormatException {
    long size = file.sizeBytes();
    int tailBytes = (int) Math.min(size, END_BYTES + 0xffff);
    var tail = bytes(size - tailBytes, tailBytes);
    for (int at = tailBytes - END_BYTES; at >= 0; at--) {
      if (tail.getInt(at) == END_SIGNATURE
          && at + END_BYTES + (tail.getShort(at + 20) & 0xffff) == tailBytes) {
        return checked(
            end(tail.position(at).slice().order(ByteOrder.LITTLE_ENDIAN), size - tailBytes + at));
      }
    }
    throw new ZipFormatException("no end of a ZIP archive in the file: it is cut off or is none");
  }

  private Place end(ByteBuffer end, long at) throws IOException, ZipFormatException {
    if (end.getShort(4) != 0 || end.getShort(6) != 0 || end.getShort(8) != end.getShort(10)) {
      boolean wide = end.getShort(4) == -1;
      if (!wide) {
        throw new ZipFormatException("the archive is one of several parts, expected a whole one");
      }
    }
    var place =
        new Place(
            Integer.toUnsignedLong(end.getInt(16)),
            Integer.toUnsignedLong(end.getInt(12)),
            end.getShort(10) & 0xffff);
    if (at >= LOCATOR_BYTES) {
      var locator = bytes(at - LOCATOR_BYTES, LOCATOR_BYTES);
      if (locator.getInt(0) == LOCATOR_SIGNATURE) {
        return end64(locator.getLong(8), at - LOCATOR_BYTES);
      }
    }
    if (place.offset() + place.sizeBytes() != at) {
      throw new ZipFormatException(
          "the archive's directory ends at byte "
              + (place.offset() + place.sizeBytes())
              + ", expected "
              + at
              + ": something was put before it or between");
    }
    return place;
  }

  private Place end64(long at, long locatorAt) throws IOException, ZipFormatException {
    if (at < 0 || at > locatorAt - END64_BYTES) {
      throw new ZipFormatException("the archive's 64-bit end lies outside the file, at byte " + at);
    }
    var end = bytes(at, END64_BYTES);
    if (end.getInt(0) != END64_SIGNATURE) {
      throw new ZipFormatException("no 64-bit end of the archive at byte " + at);
    }
    var place = new Place(end.getLong(48), end.getLong(40), end.getLong(32));
    if (place.offset() < 0 || place.sizeBytes() < 0 || place.offset() + place.sizeBytes() != at) {
      throw new ZipFormatException(
          "the archive's directory of "
              + place.sizeBytes()
              + " bytes at byte "
              + place.offset()
              + " does not end at byte "
              + at);
    }
    return place;
  }

  private static Place checked(Place place) throws ZipFormatException {
    if (place.sizeBytes() > MAX_DIRECTORY_BYTES
        || place.entries() < 0
        || place.entries() > place.sizeBytes() / CENTRAL_BYTES) {
      throw new ZipFormatException(
          "archive's directory of "
              + place.sizeBytes()
              + " bytes for "
              + place.entries()
              + " entries, expected at most "
              + MAX_DIRECTORY_BYTES
              + " bytes and at least 46 for each");
    }
    return place;
  }

  private Found central(ByteBuffer directory, long index) throws ZipFormatException {
    if (directory.remaining() < CENTRAL_BYTES
        || directory.getInt(directory.position()) != CENTRAL_SIGNATURE) {
      throw new ZipFormatException("entry " + index + " of the archive's directory is damaged");
    }
    int at = directory.position();
    int nameBytes = directory.getShort(at + 28) & 0xffff;
    int extraBytes = directory.getShort(at + 30) & 0xffff;
    int commentBytes = directory.getShort(at + 32) & 0xffff;
    if (directory.remaining() < CENTRAL_BYTES + nameBytes + extraBytes + commentBytes) {
      throw new ZipFormatException("entry " + index + " of the archive's directory is cut off");
    }
    var name = name(directory.slice(at + CENTRAL_BYTES, nameBytes));
    var extra = slice(directory, at + CENTRAL_BYTES + nameBytes, extraBytes);
    var wide = new WideSizes(name, extra);
    long size = wide.next(Integer.toUnsignedLong(directory.getInt(at + 24)));
    long stored = wide.next(Integer.toUnsignedLong(directory.getInt(at + 20)));
    long offset = wide.next(Integer.toUnsignedLong(directory.getInt(at + 42)));
    int flags = directory.getShort(at + 8);
    int method = directory.getShort(at + 10);
    boolean unix = (directory.getShort(at + 4) & 0xff00) >> 8 == UNIX;
    if (unix && (directory.getInt(at + 38) >>> 16 & FILE_TYPE) == SYMBOLIC_LINK) {
      throw new ZipFormatException("entry " + name + " is a symbolic link, expected a file");
    }
    if ((flags & ENCRYPTED) != 0) {
      throw new ZipFormatException("entry " + name + " is encrypted; unpack it with its password");
    }
    if (method != STORED && method != DEFLATED) {
      throw new ZipFormatException(
          "entry " + name + " is compressed by method " + method + ", expected none or deflate");
    }
    if (method == STORED && size != stored) {
      throw new ZipFormatException(
          "entry " + name + " of " + size + " bytes takes " + stored + " though not compressed");
    }
    directory.position(at + CENTRAL_BYTES + nameBytes + extraBytes + commentBytes);
    var entry =
        new ZipEntryRecord(name, size, stored, directory.getInt(at + 16), method == DEFLATED, 0);
    return new Found(entry, flags, offset);
  }

  /// Names can lead out of the folder that an archive is unpacked to.
  private static String name(ByteBuffer bytes) throws ZipFormatException {
    String name;
    try {
      name = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException _) {
      throw new ZipFormatException("the name of an entry is not UTF-8");
    }
    if (name.isEmpty() || name.length() > 4096 || name.chars().anyMatch(Character::isISOControl)) {
      throw new ZipFormatException(
          "the name of an entry is empty, too long or has control characters");
    }
    var segments = List.of(name.split("/", -1));
    int empty = segments.indexOf("");
    boolean hasHole = empty >= 0 && empty < segments.size() - 1;
    boolean leads = hasHole || segments.contains("..") || segments.contains(".");
    if (leads || name.indexOf('\\') >= 0 || name.matches("[A-Za-z]:.*")) {
      throw new ZipFormatException(
          "entry '" + name + "' could lead out of its folder, expected a plain relative path");
    }
    return name;
  }

  private Map<String, ZipEntryRecord> located(List<Found> found, long end)
      throws IOException, ZipFormatException {
    var byPlace = new ArrayList<>(found);
    byPlace.sort(Comparator.comparingLong(Found::headerOffset));
    var located = new LinkedHashMap<String, ZipEntryRecord>();
    long free = 0;
    for (var one : byPlace) {
      var entry = one.entry();
      if (one.headerOffset() < free || one.headerOffset() > end - LOCAL_BYTES) {
        throw new ZipFormatException(
            "entry " + entry.name() + " overlaps another one or lies outside the archive");
      }
      long begin = data(one);
      if (entry.storedBytes() < 0 || entry.storedBytes() > end - begin) {
        throw new ZipFormatException(
            "entry "
                + entry.name()
                + " of "
                + entry.storedBytes()
                + " bytes reaches beyond the archive's end");
      }
      free = begin + entry.storedBytes();
      if (entry.name().endsWith("/")) {
        if (entry.sizeBytes() != 0) {
          throw new ZipFormatException("entry " + entry.name() + " is a folder with content");
        }
        continue;
      }
      var placed =
          new ZipEntryRecord(
              entry.name(),
              entry.sizeBytes(),
              entry.storedBytes(),
              entry.crc32(),
              entry.isDeflated(),
              begin);
      if (located.put(entry.name(), placed) != null) {
        throw new ZipFormatException("entry " + entry.name() + " is there twice");
      }
    }
    return located;
  }

  private long data(Found one) throws IOException, ZipFormatException {
    var entry = one.entry();
    var local = bytes(one.headerOffset(), LOCAL_BYTES);
    int nameBytes = local.getShort(26) & 0xffff;
    int extraBytes = local.getShort(28) & 0xffff;
    long begin = one.headerOffset() + LOCAL_BYTES + nameBytes + extraBytes;
    if (local.getInt(0) != LOCAL_SIGNATURE || begin > file.sizeBytes()) {
      throw new ZipFormatException(
          "nothing of entry " + entry.name() + " at byte " + one.headerOffset());
    }
    var name = bytes(one.headerOffset() + LOCAL_BYTES, nameBytes);
    if (!StandardCharsets.UTF_8.decode(name).toString().equals(entry.name())
        || local.getShort(8) != (entry.isDeflated() ? DEFLATED : STORED)) {
      throw disagrees(entry);
    }
    if ((one.flags() & SIZES_FOLLOW) == 0) {
      var extra = bytes(begin - extraBytes, extraBytes);
      var wide = new WideSizes(entry.name(), extra);
      long size = wide.next(Integer.toUnsignedLong(local.getInt(22)));
      long stored = wide.next(Integer.toUnsignedLong(local.getInt(18)));
      if (size != entry.sizeBytes()
          || stored != entry.storedBytes()
          || local.getInt(14) != entry.crc32()) {
        throw disagrees(entry);
      }
    }
    return begin;
  }

  private static ZipFormatException disagrees(ZipEntryRecord entry) {
    return new ZipFormatException(
        "entry "
            + entry.name()
            + ": its header and the archive's directory disagree about its name, size or checksum");
  }

  /// The sizes and offsets that need 64 bits stand in an extra field, in this order, if at all.
  private static final class WideSizes {

    private static final int ZIP64 = 1;

    private final String name;
    private final ByteBuffer values;

    WideSizes(String name, ByteBuffer extra) {
      this.name = name;
      this.values = find(extra);
    }

    private static ByteBuffer find(ByteBuffer extra) {
      while (extra.remaining() >= 4) {
        int id = extra.getShort() & 0xffff;
        int size = Math.min(extra.getShort() & 0xffff, extra.remaining());
        if (id == ZIP64) {
          return slice(extra, extra.position(), size);
        }
        extra.position(extra.position() + size);
      }
      return ByteBuffer.allocate(0);
    }

    long next(long narrow) throws ZipFormatException {
      if (narrow != IN_EXTRA) {
        return narrow;
      }
      if (values.remaining() < Long.BYTES) {
        throw new ZipFormatException("entry " + name + " lacks its 64-bit size or offset");
      }
      long value = values.getLong();
      if (value < 0) {
        throw new ZipFormatException("entry " + name + " has a size or offset beyond 2^63");
      }
      return value;
    }
  }

  private static ByteBuffer slice(ByteBuffer bytes, int at, int size) {
    return bytes.slice(at, size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private ByteBuffer bytes(long at, long size) throws IOException {
    var buffer = ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN);
    file.read(at, MemorySegment.ofBuffer(buffer));
    return buffer;
  }
}
