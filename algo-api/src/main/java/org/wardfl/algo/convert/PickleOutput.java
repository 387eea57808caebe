package org.wardfl.algo.convert;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Writes a pickle of protocol 2 with the opcodes that PyTorch's restricted reader knows.
final class PickleOutput {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final Map<String, Integer> remembered = new HashMap<>();

  PickleOutput() {
    opcode(Opcode.PROTO);
    bytes.write(2);
  }

  PickleOutput opcode(Opcode opcode) {
    bytes.write(opcode.code());
    return this;
  }

  PickleOutput text(String text) {
    var utf8 = text.getBytes(StandardCharsets.UTF_8);
    opcode(Opcode.BINUNICODE);
    int4(utf8.length);
    bytes.writeBytes(utf8);
    return this;
  }

  PickleOutput whole(long value) {
    if (value >= 0 && value < 1 << 8) {
      opcode(Opcode.BININT1);
      bytes.write((int) value);
    } else if (value == (int) value) {
      opcode(Opcode.BININT);
      int4((int) value);
    } else {
      opcode(Opcode.LONG1);
      bytes.write(Long.BYTES);
      bytes.writeBytes(
          ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
    }
    return this;
  }

  PickleOutput tuple(List<Long> values) {
    opcode(Opcode.MARK);
    values.forEach(this::whole);
    return opcode(Opcode.TUPLE);
  }

  /// A name; written out the first time, referred to afterwards.
  PickleOutput global(String module, String name) {
    var whole = module + "\n" + name + "\n";
    var known = remembered.get(whole);
    if (known != null) {
      opcode(Opcode.BINGET);
      bytes.write(known);
      return this;
    }
    opcode(Opcode.GLOBAL);
    bytes.writeBytes(whole.getBytes(StandardCharsets.US_ASCII));
    remembered.put(whole, remembered.size());
    opcode(Opcode.BINPUT);
    bytes.write(remembered.size() - 1);
    return this;
  }

  byte[] finish() {
    opcode(Opcode.STOP);
    return bytes.toByteArray();
  }

  private void int4(int value) {
    bytes.writeBytes(
        ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
  }
}
