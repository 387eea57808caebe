package org.wardfl.gpu.imaging.dicom;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/// A DICOM file of 3 columns and 2 rows, whose elements may be changed.
final class Slice {

  static final String PATIENT = "Doe^Jane";

  private final Map<Integer, Object> elements = new TreeMap<>(Integer::compareUnsigned);
  private final boolean explicit;
  private String syntax;

  Slice(double z, boolean explicit) {
    this.explicit = explicit;
    this.syntax = explicit ? "1.2.840.10008.1.2.1" : "1.2.840.10008.1.2";
    elements.put(0x00100010, PATIENT);
    elements.put(DicomElements.SERIES, "1.2.3");
    elements.put(DicomElements.POSITION, "10\\20\\" + z);
    elements.put(DicomElements.ORIENTATION, "1\\0\\0\\0\\1\\0");
    elements.put(DicomElements.SAMPLES, 1);
    elements.put(DicomElements.ROWS, 2);
    elements.put(DicomElements.COLUMNS, 3);
    elements.put(DicomElements.SPACING, "0.5\\0.75");
    elements.put(DicomElements.BITS_ALLOCATED, 16);
    elements.put(DicomElements.BITS_STORED, 12);
    elements.put(DicomElements.SIGNED, 1);
    elements.put(DicomElements.INTERCEPT, "-1000");
    elements.put(DicomElements.SLOPE, "2");
    pixels((int) (z * 10), 1, 2, 3, 4, -5);
  }

  Slice with(int tag, Object value) {
    elements.put(tag, value);
    return this;
  }

  Slice without(int tag) {
    elements.remove(tag);
    return this;
  }

  Slice syntax(String other) {
    syntax = other;
    return this;
  }

  private void pixels(int... values) {
    var bytes = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int value : values) {
      // The four bits above are an overlay's.
      bytes.putShort((short) ((value & 0xFFF) | 0x5000));
    }
    elements.put(DicomElements.PIXELS, bytes.array());
  }

  byte[] bytes() {
    var out = new ByteArrayOutputStream();
    out.writeBytes(new byte[128]);
    out.writeBytes("DICM".getBytes(StandardCharsets.US_ASCII));
    element(out, DicomElements.TRANSFER_SYNTAX, syntax, true);
    nested(out);
    elements.forEach((tag, value) -> element(out, tag, value, explicit));
    return out.toByteArray();
  }

  // A sequence of undefined length with an item that has rows of its own.
  private void nested(ByteArrayOutputStream out) {
    var bytes = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putShort((short) 0x0008).putShort((short) 0x1140);
    if (explicit) {
      bytes.put((byte) 'S').put((byte) 'Q').putShort((short) 0);
    }
    bytes.putInt(-1);
    bytes.putShort((short) 0xFFFE).putShort((short) 0xE000).putInt(-1);
    out.write(bytes.array(), 0, bytes.position());
    element(out, DicomElements.ROWS, 77, explicit);
    bytes.clear();
    bytes.putShort((short) 0xFFFE).putShort((short) 0xE00D).putInt(0);
    bytes.putShort((short) 0xFFFE).putShort((short) 0xE0DD).putInt(0);
    out.write(bytes.array(), 0, bytes.position());
  }

  private static void element(ByteArrayOutputStream out, int tag, Object value, boolean explicit) {
    var data =
        switch (value) {
          case Integer number ->
              ByteBuffer.allocate(2)
                  .order(ByteOrder.LITTLE_ENDIAN)
                  .putShort((short) (int) number)
                  .array();
          case byte[] bytes -> bytes;
          default -> {
            var text = value.toString();
            yield (text.length() % 2 == 0 ? text : text + " ").getBytes(StandardCharsets.US_ASCII);
          }
        };
    var head = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    head.putShort((short) (tag >>> 16)).putShort((short) tag);
    if (!explicit) {
      head.putInt(data.length);
    } else if (value instanceof byte[]) {
      head.put((byte) 'O').put((byte) 'W').putShort((short) 0).putInt(data.length);
    } else {
      head.put((byte) (value instanceof Integer ? 'U' : 'D'));
      head.put((byte) 'S').putShort((short) data.length);
    }
    out.write(head.array(), 0, head.position());
    out.writeBytes(data);
  }
}
