package org.wardfl.algo.convert;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.wardfl.algo.tensor.DType;
import org.wardfl.algo.tensor.Shape;
import org.wardfl.algo.tensor.TensorSpec;

/// The header of an array in NumPy's format, versions 1.0 to 3.0 (NumPy `numpy/lib/format.py`).
///
/// @param dtype type of the elements
/// @param isBigEndian whether their bytes come highest first
/// @param isColumnMajor whether the first index runs fastest (`fortran_order`)
/// @param shape the extents
record NpyHeader(DType dtype, boolean isBigEndian, boolean isColumnMajor, Shape shape) {

  /// What every array begins with.
  static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  /// The longest header that is read.
  static final int MAX_BYTES = 1 << 16;

  private static final int ALIGNMENT = 64;
  private static final Pattern MEMBER =
      Pattern.compile(
          "\\s*'(descr|fortran_order|shape)'\\s*:\\s*('[^']{0,40}'|True|False|\\([0-9, ]{0,400}\\)|\\[.*])\\s*(?:,|(?=}))",
          Pattern.DOTALL);
  private static final Map<String, DType> TYPES =
      Map.ofEntries(
          Map.entry("b1", DType.BOOL),
          Map.entry("i1", DType.I8),
          Map.entry("u1", DType.U8),
          Map.entry("i2", DType.I16),
          Map.entry("u2", DType.U16),
          Map.entry("i4", DType.I32),
          Map.entry("u4", DType.U32),
          Map.entry("i8", DType.I64),
          Map.entry("u8", DType.U64),
          Map.entry("f2", DType.F16),
          Map.entry("f4", DType.F32),
          Map.entry("f8", DType.F64));

  /// Reads the text of a header, without what stands before it.
  ///
  /// @param array what messages call it
  static NpyHeader parse(String array, String text) throws WeightsException {
    var stripped = text.strip();
    if (!stripped.startsWith("{") || !stripped.endsWith("}")) {
      throw unreadable(array, text);
    }
    var members = new java.util.HashMap<String, String>();
    var member = MEMBER.matcher(stripped).region(1, stripped.length());
    int at = 1;
    while (member.lookingAt()) {
      members.put(member.group(1), member.group(2));
      at = member.end();
      member.region(at, stripped.length());
    }
    if (members.size() != 3 || !stripped.substring(at).strip().equals("}")) {
      throw unreadable(array, text);
    }
    var descr = String.valueOf(members.get("descr"));
    var order = String.valueOf(members.get("fortran_order"));
    if (!order.equals("True") && !order.equals("False")) {
      throw unreadable(array, text);
    }
    var type = type(array, descr);
    return new NpyHeader(
        type,
        descr.charAt(1) == '>',
        order.equals("True"),
        shape(array, String.valueOf(members.get("shape"))));
  }

  private static DType type(String array, String descr) throws WeightsException {
    var plain = Pattern.compile("'([<>|=])([a-zA-Z])(\\d*)'").matcher(descr);
    if (!plain.matches() || plain.group(1).equals("=")) {
      throw new WeightsException(
          "array " + array + " is of type " + descr + ", expected one of plain numbers");
    }
    var type = TYPES.get(plain.group(2) + plain.group(3));
    if (type == null) {
      throw new WeightsException(
          "array " + array + " is of type " + descr + why(plain) + ", which no tensor has");
    }
    return type;
  }

  private static String why(Matcher plain) {
    return switch (plain.group(2)) {
      case "O" -> " (Python objects, kept as a pickle, which is never run)";
      case "c" -> " (complex numbers)";
      case "U", "S" -> " (texts)";
      case "M", "m" -> " (times)";
      default -> "";
    };
  }

  private static Shape shape(String array, String tuple) throws WeightsException {
    var extents = new ArrayList<Long>();
    if (!tuple.startsWith("(")) {
      throw unreadable(array, tuple);
    }
    try {
      var inner = tuple.substring(1, tuple.length() - 1).strip();
      var parts = inner.isEmpty() ? List.<String>of() : List.of(inner.split(",", -1));
      for (int i = 0; i < parts.size(); i++) {
        // A tuple of one ends with a comma.
        if (i == parts.size() - 1 && parts.get(i).isBlank() && i > 0) {
          break;
        }
        extents.add(Long.parseLong(parts.get(i).strip()));
      }
      return new Shape(extents);
    } catch (NumberFormatException _) {
      throw unreadable(array, tuple);
    } catch (IllegalArgumentException e) {
      throw new WeightsException("array " + array + ": " + e.getMessage());
    }
  }

  private static WeightsException unreadable(String array, String text) {
    var shown = text.length() > 80 ? text.substring(0, 80) + "…" : text;
    return new WeightsException(
        "array "
            + array
            + ": header '"
            + shown.replaceAll("\\p{Cntrl}", " ").strip()
            + "', expected descr, fortran_order and shape");
  }

  /// The header that NumPy writes for a tensor: version 1.0, row-major, padded so that the data is
  /// aligned.
  ///
  /// @throws WeightsException if NumPy has no such type
  static byte[] of(TensorSpec spec) throws WeightsException {
    var type =
        TYPES.entrySet().stream()
            .filter(entry -> entry.getValue() == spec.dtype())
            .map(Map.Entry::getKey)
            .findFirst();
    if (type.isEmpty()) {
      throw new WeightsException(
          "tensor "
              + spec.name()
              + " is "
              + spec.dtype()
              + ", which NumPy does not have; convert to .pt or .safetensors");
    }
    var extents = new StringBuilder();
    for (long extent : spec.shape().extents()) {
      extents.append(extents.isEmpty() ? "" : ", ").append(extent);
    }
    if (spec.shape().rank() == 1) {
      extents.append(',');
    }
    var text =
        "{'descr': '"
            + (spec.dtype().sizeBytes() == 1 ? '|' : '<')
            + type.get()
            + "', 'fortran_order': False, 'shape': ("
            + extents
            + "), }";
    int before = MAGIC.length + 4;
    int total = Math.ceilDiv(before + text.length() + 1, ALIGNMENT) * ALIGNMENT;
    var header = new byte[total];
    System.arraycopy(MAGIC, 0, header, 0, MAGIC.length);
    header[MAGIC.length] = 1;
    header[before - 2] = (byte) (total - before);
    header[before - 1] = (byte) ((total - before) >>> 8);
    java.util.Arrays.fill(header, before, total, (byte) ' ');
    System.arraycopy(text.getBytes(StandardCharsets.US_ASCII), 0, header, before, text.length());
    header[total - 1] = '\n';
    return header;
  }
}
