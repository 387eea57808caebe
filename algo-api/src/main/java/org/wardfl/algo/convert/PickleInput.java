package org.wardfl.algo.convert;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// The bytes of a pickle, and where in them the reader is.
final class PickleInput {

  private static final int MAX_TEXT_BYTES = 1 << 20;
  private static final int MAX_LINE_BYTES = 1024;

  private final ByteBuffer bytes;
  private int opcodeAt;
  private String opcode = "PROTO";

  PickleInput(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  Opcode next() throws WeightsException {
    opcodeAt = bytes.position();
    int code = u1();
    var found = Opcode.of(code);
    if (found.isEmpty()) {
      opcode = "0x" + Integer.toHexString(code);
      throw refused("is no opcode of the pickle format");
    }
    opcode = found.get().name();
    return found.get();
  }

  int u1() throws WeightsException {
    require(1);
    return bytes.get() & 0xff;
  }

  int u2() throws WeightsException {
    require(2);
    return bytes.getShort() & 0xffff;
  }

  int i4() throws WeightsException {
    require(4);
    return bytes.getInt();
  }

  long i8() throws WeightsException {
    require(8);
    return bytes.getLong();
  }

  double bigEndianDouble() throws WeightsException {
    return Double.longBitsToDouble(Long.reverseBytes(i8()));
  }

  /// A whole number of that many bytes in two's complement.
  long whole(long size) throws WeightsException {
    if (size < 0 || size > Long.BYTES) {
      throw refused("has a whole number of " + size + " bytes, expected at most 8");
    }
    require((int) size);
    long value = 0;
    for (int i = 0; i < size; i++) {
      value |= (bytes.get() & 0xffL) << (8 * i);
    }
    int unused = Long.SIZE - 8 * (int) size;
    return size == 0 ? 0 : value << unused >> unused;
  }

  String text(long size) throws WeightsException {
    if (size < 0 || size > MAX_TEXT_BYTES) {
      throw refused("has a text of " + size + " bytes, expected at most " + MAX_TEXT_BYTES);
    }
    require((int) size);
    var slice = bytes.slice(bytes.position(), (int) size);
    bytes.position(bytes.position() + (int) size);
    return decoded(slice);
  }

  String line() throws WeightsException {
    for (int end = bytes.position(); end < bytes.limit(); end++) {
      if (end - bytes.position() > MAX_LINE_BYTES) {
        throw refused("has a name longer than " + MAX_LINE_BYTES + " bytes");
      }
      if (bytes.get(end) == '\n') {
        var slice = bytes.slice(bytes.position(), end - bytes.position());
        bytes.position(end + 1);
        return decoded(slice);
      }
    }
    throw truncated();
  }

  int position() {
    return bytes.position();
  }

  WeightsException refused(String why) {
    return new WeightsException("opcode " + opcode + " at byte " + opcodeAt + " " + why);
  }

  private String decoded(ByteBuffer slice) throws WeightsException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(slice).toString();
    } catch (CharacterCodingException _) {
      throw refused("has a text that is not UTF-8");
    }
  }

  private void require(int count) throws WeightsException {
    if (bytes.remaining() < count) {
      throw truncated();
    }
  }

  private WeightsException truncated() {
    return new WeightsException(
        "the pickle ends after "
            + bytes.limit()
            + " bytes in opcode "
            + opcode
            + "; the file is cut off");
  }
}
