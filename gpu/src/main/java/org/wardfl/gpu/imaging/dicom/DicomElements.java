package org.wardfl.gpu.imaging.dicom;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.wardfl.gpu.imaging.ImageException;

/// The few elements of a DICOM file that make an image: geometry, values, and pixels. No element
/// that could tell who the patient is is ever taken up, so none can be logged.
///
/// Source: DICOM PS3.10 section 7 (file format), PS3.5 sections 7 and A (data elements, transfer
/// syntaxes).
final class DicomElements {

  static final int TRANSFER_SYNTAX = 0x00020010;
  static final int SERIES = 0x0020000E;
  static final int POSITION = 0x00200032;
  static final int ORIENTATION = 0x00200037;
  static final int SAMPLES = 0x00280002;
  static final int FRAMES = 0x00280008;
  static final int ROWS = 0x00280010;
  static final int COLUMNS = 0x00280011;
  static final int SPACING = 0x00280030;
  static final int BITS_ALLOCATED = 0x00280100;
  static final int BITS_STORED = 0x00280101;
  static final int SIGNED = 0x00280103;
  static final int INTERCEPT = 0x00281052;
  static final int SLOPE = 0x00281053;
  static final int PIXELS = 0x7FE00010;

  private static final Set<Integer> WANTED =
      Set.of(
          TRANSFER_SYNTAX,
          SERIES,
          POSITION,
          ORIENTATION,
          SAMPLES,
          FRAMES,
          ROWS,
          COLUMNS,
          SPACING,
          BITS_ALLOCATED,
          BITS_STORED,
          SIGNED,
          INTERCEPT,
          SLOPE,
          PIXELS);
  private static final String IMPLICIT = "1.2.840.10008.1.2";
  private static final String EXPLICIT = "1.2.840.10008.1.2.1";
  // Value representations whose length has 32 bits.
  private static final Set<String> LONG =
      Set.of("OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV");
  private static final int PREAMBLE = 128;
  private static final int ITEM = 0xFFFEE000;
  private static final int ITEM_END = 0xFFFEE00D;
  private static final int SEQUENCE_END = 0xFFFEE0DD;
  private static final int DEEPEST = 16;
  private static final long UNDEFINED = 0xFFFFFFFFL;

  private final Map<Integer, ByteBuffer> values = new TreeMap<>();

  private DicomElements() {}

  /// Reads a file's bytes.
  ///
  /// @throws ImageException if they are no DICOM file, or compressed
  static DicomElements read(byte[] file) throws ImageException {
    var bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    if (file.length < PREAMBLE + 4
        || !Arrays.equals(
            Arrays.copyOfRange(file, PREAMBLE, PREAMBLE + 4),
            "DICM".getBytes(StandardCharsets.US_ASCII))) {
      throw new ImageException("not a DICOM file: DICM does not stand at byte 128");
    }
    bytes.position(PREAMBLE + 4);
    var elements = new DicomElements();
    try {
      elements.readMeta(bytes);
      elements.readAll(bytes, elements.explicit(), bytes.limit(), 0);
    } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new ImageException("the DICOM file is cut off or damaged", e);
    }
    return elements;
  }

  // Group 2 is explicit little endian whatever follows.
  private void readMeta(ByteBuffer bytes) throws ImageException {
    while (bytes.remaining() >= 8 && bytes.getShort(bytes.position()) == 2) {
      readElement(bytes, true, 0);
    }
  }

  private boolean explicit() throws ImageException {
    var syntax = text(TRANSFER_SYNTAX).orElse(IMPLICIT);
    return switch (syntax) {
      case EXPLICIT -> true;
      case IMPLICIT -> false;
      default ->
          throw new ImageException(
              "DICOM transfer syntax "
                  + syntax
                  + " (compressed or big-endian), expected "
                  + IMPLICIT
                  + " or "
                  + EXPLICIT
                  + ": convert the series first, for example with gdcmconv --raw or dcmdjpeg, or to"
                  + " NIfTI with dcm2niix");
    };
  }

  private void readAll(ByteBuffer bytes, boolean explicit, int end, int depth)
      throws ImageException {
    while (end - bytes.position() >= 8) {
      if (!readElement(bytes, explicit, depth)) {
        return;
      }
    }
  }

  // False at the end of an item or a sequence.
  private boolean readElement(ByteBuffer bytes, boolean explicit, int depth) throws ImageException {
    if (depth > DEEPEST) {
      throw new ImageException("DICOM sequences more than " + DEEPEST + " deep");
    }
    int tag = (bytes.getShort() & 0xFFFF) << 16 | (bytes.getShort() & 0xFFFF);
    if (tag == ITEM_END || tag == SEQUENCE_END) {
      bytes.getInt();
      return false;
    }
    boolean sequence = false;
    boolean unknown = false;
    long length;
    if (explicit && tag != ITEM) {
      var kind = new String(new byte[] {bytes.get(), bytes.get()}, StandardCharsets.US_ASCII);
      sequence = kind.equals("SQ");
      unknown = kind.equals("UN");
      if (LONG.contains(kind)) {
        bytes.getShort();
        length = bytes.getInt() & UNDEFINED;
      } else {
        length = bytes.getShort() & 0xFFFF;
      }
    } else {
      length = bytes.getInt() & UNDEFINED;
    }
    if (length == UNDEFINED) {
      if (tag == PIXELS) {
        throw new ImageException("compressed DICOM pixels in a file that says they are not");
      }
      // A sequence or an item up to its end mark; its elements are not the image's. One of unknown
      // kind is implicit (PS3.5, 6.2.2).
      readAll(bytes, explicit && !unknown, bytes.limit(), depth + 1);
      return true;
    }
    if (length > bytes.remaining()) {
      throw new ImageException(
          "the DICOM file is cut off: an element of "
              + length
              + " bytes, and "
              + bytes.remaining()
              + " are left");
    }
    if (depth == 0 && !sequence && WANTED.contains(tag)) {
      values.put(tag, bytes.slice(bytes.position(), (int) length).order(ByteOrder.LITTLE_ENDIAN));
    }
    bytes.position(bytes.position() + (int) length);
    return true;
  }

  /// A text, without padding.
  Optional<String> text(int tag) {
    return Optional.ofNullable(values.get(tag))
        .map(value -> StandardCharsets.US_ASCII.decode(value.duplicate()).toString())
        .map(text -> text.replace('\0', ' ').strip());
  }

  /// Decimal numbers.
  ///
  /// @throws ImageException unless there are as many as there should be
  double[] decimals(int tag, int count, String name) throws ImageException {
    var parts = text(tag).orElse("").split("\\\\", -1);
    var numbers = new double[count];
    try {
      for (int i = 0; i < count && parts.length == count; i++) {
        numbers[i] = Double.parseDouble(parts[i].strip());
      }
    } catch (NumberFormatException _) {
      parts = new String[0];
    }
    if (parts.length != count || !Arrays.stream(numbers).allMatch(Double::isFinite)) {
      throw new ImageException(
          "the DICOM element " + name + " is missing or does not hold " + count + " numbers");
    }
    return numbers;
  }

  /// A decimal number, or the default if there is none.
  double decimal(int tag, double defaultValue, String name) throws ImageException {
    return values.containsKey(tag) ? decimals(tag, 1, name)[0] : defaultValue;
  }

  /// An unsigned number of 16 bits.
  int number(int tag, String name) throws ImageException {
    var value = values.get(tag);
    if (value == null || value.remaining() < 2) {
      throw new ImageException("the DICOM element " + name + " is missing");
    }
    return value.getShort(0) & 0xFFFF;
  }

  /// The pixels' bytes.
  ByteBuffer pixels() throws ImageException {
    var value = values.get(PIXELS);
    if (value == null) {
      throw new ImageException("the DICOM file has no pixels");
    }
    return value;
  }
}
