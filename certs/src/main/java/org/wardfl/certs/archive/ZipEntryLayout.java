package org.wardfl.certs.archive;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// One entry of a signed archive and its bytes outside its content, in the one form that they have:
/// stored, without dates, extra fields, comments and data descriptors (PKWARE APPNOTE 6.3.10,
/// sections 4.3.7, 4.3.12 and 4.3.16).
///
/// The reader makes these bytes from what the signed manifest says and compares. So local and
/// central headers agree, no name is there twice, and nothing lies before, between or after the
/// entries. Nothing is compressed: an archive cannot grow when it is unpacked, and its bytes do not
/// depend on a compressor's version.
///
/// @param name printable ASCII
/// @param size of the content in bytes
/// @param crc CRC-32 of the content
/// @param offset where the local header begins
record ZipEntryLayout(String name, long size, int crc, long offset) {

  static final int LOCAL_SIZE = 30;

  private static final int CENTRAL_SIZE = 46;
  private static final int END_SIZE = 22;
  private static final int LOCAL_SIGNATURE = 0x04034b50;
  private static final int CENTRAL_SIGNATURE = 0x02014b50;
  private static final int END_SIGNATURE = 0x06054b50;
  private static final short VERSION = 10;
  private static final short PLAIN = 0;
  private static final short STORED = 0;
  private static final short MIDNIGHT = 0;
  private static final short FIRST_OF_JANUARY_1980 = 0x21;
  private static final int CRC_OFFSET = 14;
  private static final int SIZE_OFFSET = 22;

  long contentOffset() {
    return offset + LOCAL_SIZE + name.length();
  }

  long end() {
    return contentOffset() + size;
  }

  /// The checksum of its content that a local header states.
  static int crcIn(ByteBuffer localHeader) {
    return localHeader.order(ByteOrder.LITTLE_ENDIAN).getInt(CRC_OFFSET);
  }

  /// The size of its content that a local header states.
  static long sizeIn(ByteBuffer localHeader) {
    return Integer.toUnsignedLong(localHeader.order(ByteOrder.LITTLE_ENDIAN).getInt(SIZE_OFFSET));
  }

  ByteBuffer localHeader() {
    var header = littleEndian(LOCAL_SIZE + name.length()).putInt(LOCAL_SIGNATURE);
    putCommon(header);
    return header.put(nameBytes()).flip();
  }

  private void putCentralHeader(ByteBuffer directory) {
    directory.putInt(CENTRAL_SIGNATURE).putShort(VERSION);
    putCommon(directory);
    // Comment, disk, internal and external attributes: none.
    directory.putShort((short) 0).putShort((short) 0).putShort((short) 0).putInt(0);
    directory.putInt((int) offset).put(nameBytes());
  }

  private void putCommon(ByteBuffer header) {
    header.putShort(VERSION).putShort(PLAIN).putShort(STORED);
    header.putShort(MIDNIGHT).putShort(FIRST_OF_JANUARY_1980);
    header.putInt(crc).putInt((int) size).putInt((int) size);
    header.putShort((short) name.length()).putShort((short) 0);
  }

  /// All that follows the last entry's content.
  static ByteBuffer directory(List<ZipEntryLayout> entries) {
    int size = entries.stream().mapToInt(entry -> CENTRAL_SIZE + entry.name.length()).sum();
    var directory = littleEndian(size + END_SIZE);
    entries.forEach(entry -> entry.putCentralHeader(directory));
    directory.putInt(END_SIGNATURE).putShort((short) 0).putShort((short) 0);
    directory.putShort((short) entries.size()).putShort((short) entries.size());
    directory.putInt(size).putInt((int) entries.getLast().end()).putShort((short) 0);
    return directory.flip();
  }

  private byte[] nameBytes() {
    return name.getBytes(StandardCharsets.US_ASCII);
  }

  private static ByteBuffer littleEndian(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
