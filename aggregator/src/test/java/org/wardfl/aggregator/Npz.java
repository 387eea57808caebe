package org.wardfl.aggregator;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.ZipFile;

/// Arrays of a NumPy `.npz` archive: little-endian `<f4`, `<f8`, `<i8` in C order.
record Npz(Map<String, Array> arrays) {

  private static final Pattern HEADER =
      Pattern.compile("'descr': '(<f4|<f8|<i8)', 'fortran_order': False, 'shape': \\(([^)]*)\\)");

  /// One array; the caller does not change what it is handed.
  @SuppressWarnings("ArrayRecordComponent")
  record Array(String type, long[] shape, double[] values) {}

  static Npz read(Path file) throws IOException {
    var arrays = new LinkedHashMap<String, Array>();
    try (var zip = new ZipFile(file.toFile())) {
      for (var entry : zip.stream().toList()) {
        try (var in = zip.getInputStream(entry)) {
          arrays.put(entry.getName().replaceFirst("\\.npy$", ""), array(in.readAllBytes()));
        }
      }
    }
    return new Npz(arrays);
  }

  Array array(String name) {
    var array = arrays.get(name);
    if (array == null) {
      throw new IllegalArgumentException("no array " + name);
    }
    return array;
  }

  private static Array array(byte[] npy) {
    var bytes = ByteBuffer.wrap(npy).order(ByteOrder.LITTLE_ENDIAN);
    int length = npy[6] == 1 ? bytes.getShort(8) : bytes.getInt(8);
    int start = npy[6] == 1 ? 10 : 12;
    var header = HEADER.matcher(new String(npy, start, length, StandardCharsets.US_ASCII));
    if (!header.find()) {
      throw new IllegalArgumentException("not an array of a known type");
    }
    var shape =
        Arrays.stream(header.group(2).split(","))
            .map(String::strip)
            .filter(s -> !s.isEmpty())
            .mapToLong(Long::parseLong)
            .toArray();
    int count = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    bytes.position(start + length);
    var values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] =
          switch (header.group(1)) {
            case "<f4" -> bytes.getFloat();
            case "<f8" -> bytes.getDouble();
            default -> bytes.getLong();
          };
    }
    return new Array(header.group(1), shape, values);
  }
}
