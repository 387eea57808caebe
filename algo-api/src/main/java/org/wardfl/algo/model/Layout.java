package org.wardfl.algo.model;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.wardfl.algo.tensor.DType;
import org.wardfl.algo.tensor.Role;
import org.wardfl.algo.tensor.Shape;
import org.wardfl.algo.tensor.TensorSpec;

/// Where each tensor lies in a model file, and the header that says so.
///
/// The format is safetensors: eight bytes with the header's length (little-endian), the header as
/// JSON, the data. A tensor's offsets count from the start of the data. Roles and aliases are kept
/// in `__metadata__` under `ward.roles` and `ward.aliases`, so other readers of the format see
/// plain tensors.
final class Layout {

  /// The length of the data's alignment, and of the header with its length field.
  static final int ALIGNMENT = 64;

  private static final String ROLES = "ward.roles";
  private static final String ALIASES = "ward.aliases";
  private static final int MAX_TENSORS = 200_000;
  private static final Comparator<TensorSpec> CANONICAL =
      Comparator.comparingInt((TensorSpec spec) -> -spec.dtype().sizeBytes())
          .thenComparing(
              spec -> spec.name().getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

  private final Map<String, Entry> entries;
  private final Map<String, String> aliases;
  private final Map<String, String> metadata;
  private final long dataBytes;

  private Layout(
      Map<String, Entry> entries,
      Map<String, String> aliases,
      Map<String, String> metadata,
      long dataBytes) {
    this.entries = Collections.unmodifiableMap(entries);
    this.aliases = Collections.unmodifiableMap(aliases);
    this.metadata = Collections.unmodifiableMap(metadata);
    this.dataBytes = dataBytes;
  }

  /// One tensor's place: from `begin`, counted from the start of the data.
  record Entry(TensorSpec spec, long begin) {}

  /// The one layout that a set of tensors has in our files: larger elements first, then by name in
  /// UTF-8, without holes.
  static Layout canonical(Collection<TensorSpec> specs, Map<String, String> aliases) {
    var entries = new LinkedHashMap<String, Entry>();
    long at = 0;
    for (var spec : specs.stream().sorted(CANONICAL).toList()) {
      if (entries.put(spec.name(), new Entry(spec, at)) != null) {
        throw new IllegalArgumentException("tensor " + spec.name() + " is given twice");
      }
      at = Math.addExact(at, spec.sizeBytes());
    }
    return new Layout(entries, new TreeMap<>(aliases), Map.of(), at);
  }

  /// Reads a header.
  ///
  /// @param text the JSON
  /// @param dataBytes how many bytes follow the header
  /// @throws ModelFileException if the header contradicts the format, itself or the file's size
  static Layout parse(String text, long dataBytes) throws ModelFileException {
    var metadata = new LinkedHashMap<String, String>();
    var found = new ArrayList<Entry>();
    for (var member : HeaderScanner.scan(text).entrySet()) {
      if (member.getKey().equals("__metadata__")) {
        metadata.putAll(texts("__metadata__", member.getValue()));
      } else {
        found.add(entry(member.getKey(), member.getValue()));
      }
      if (found.size() > MAX_TENSORS) {
        throw new ModelFileException("more than " + MAX_TENSORS + " tensors");
      }
    }
    found.sort(
        Comparator.comparingLong(Entry::begin)
            .thenComparingLong((Entry entry) -> entry.spec().sizeBytes()));
    checkCover(found, dataBytes);
    var roles =
        metadata.containsKey(ROLES)
            ? texts(ROLES, HeaderScanner.scan(metadata.get(ROLES)))
            : Map.<String, String>of();
    var aliases =
        metadata.containsKey(ALIASES)
            ? texts(ALIASES, HeaderScanner.scan(metadata.get(ALIASES)))
            : Map.<String, String>of();
    var entries = new LinkedHashMap<String, Entry>();
    for (var entry : found) {
      entries.put(entry.spec().name(), withRole(entry, roles));
    }
    for (var alias : aliases.entrySet()) {
      if (!entries.containsKey(alias.getValue()) || entries.containsKey(alias.getKey())) {
        throw new ModelFileException(
            "alias " + alias.getKey() + " of " + alias.getValue() + " names no tensor, or is one");
      }
    }
    metadata.keySet().removeAll(List.of(ROLES, ALIASES));
    return new Layout(entries, aliases, metadata, dataBytes);
  }

  Map<String, Entry> entries() {
    return entries;
  }

  Map<String, String> aliases() {
    return aliases;
  }

  Map<String, String> metadata() {
    return metadata;
  }

  long dataBytes() {
    return dataBytes;
  }

  List<TensorSpec> specs() {
    return entries.values().stream().map(Entry::spec).toList();
  }

  /// The bytes before the data: length, header, and the spaces that align the data.
  byte[] header() {
    var json = new StringBuilder("{");
    var ward = new TreeMap<String, String>();
    var roles = new TreeMap<String, String>();
    for (var entry : entries.values()) {
      var spec = entry.spec();
      if (spec.role() != Role.defaultFor(spec.dtype())) {
        roles.put(spec.name(), spec.role().name());
      }
    }
    if (!aliases.isEmpty()) {
      ward.put(ALIASES, object(aliases));
    }
    if (!roles.isEmpty()) {
      ward.put(ROLES, object(roles));
    }
    if (!ward.isEmpty()) {
      json.append("\"__metadata__\":").append(object(ward));
    }
    for (var entry : entries.values()) {
      if (json.length() > 1) {
        json.append(',');
      }
      quote(json, entry.spec().name());
      json.append(":{\"dtype\":\"").append(entry.spec().dtype()).append("\",\"shape\":");
      json.append(entry.spec().shape().toString().replace(" ", ""));
      json.append(",\"data_offsets\":[").append(entry.begin()).append(',');
      json.append(entry.begin() + entry.spec().sizeBytes()).append("]}");
    }
    var text = json.append('}').toString().getBytes(StandardCharsets.UTF_8);
    int padded = Math.ceilDiv(Long.BYTES + text.length, ALIGNMENT) * ALIGNMENT;
    var header = new byte[padded];
    Arrays.fill(header, (byte) ' ');
    long length = (long) padded - Long.BYTES;
    for (int i = 0; i < Long.BYTES; i++) {
      header[i] = (byte) (length >>> (8 * i));
    }
    System.arraycopy(text, 0, header, Long.BYTES, text.length);
    return header;
  }

  private static Entry entry(String name, Object value) throws ModelFileException {
    if (!(value instanceof Map<?, ?> members)
        || !members.keySet().equals(java.util.Set.of("dtype", "shape", "data_offsets"))) {
      throw new ModelFileException(
          "tensor " + name + ": expected dtype, shape and data_offsets, and nothing else");
    }
    DType dtype;
    try {
      dtype = DType.valueOf(String.valueOf(members.get("dtype")));
    } catch (IllegalArgumentException _) {
      throw new ModelFileException("tensor " + name + ": unknown dtype " + members.get("dtype"));
    }
    var offsets = numbers(name, "data_offsets", members.get("data_offsets"));
    TensorSpec spec;
    try {
      spec =
          new TensorSpec(
              name,
              dtype,
              new Shape(numbers(name, "shape", members.get("shape"))),
              Role.defaultFor(dtype));
    } catch (IllegalArgumentException e) {
      throw new ModelFileException("tensor " + name + ": " + e.getMessage());
    }
    if (offsets.size() != 2 || offsets.get(0) < 0 || offsets.get(1) < offsets.get(0)) {
      throw new ModelFileException(
          "tensor " + name + ": data_offsets " + offsets + ", expected begin and end in order");
    }
    long size = offsets.get(1) - offsets.get(0);
    if (size != spec.sizeBytes()) {
      throw new ModelFileException(
          "tensor "
              + name
              + ": "
              + size
              + " bytes, expected "
              + spec.sizeBytes()
              + " for "
              + dtype
              + spec.shape());
    }
    return new Entry(spec, offsets.get(0));
  }

  private static void checkCover(List<Entry> entries, long dataBytes) throws ModelFileException {
    long at = 0;
    for (var entry : entries) {
      var name = entry.spec().name();
      if (entry.begin() < at) {
        throw new ModelFileException(
            "tensor " + name + " overlaps the one before it, at byte " + entry.begin());
      }
      if (entry.begin() > at) {
        throw new ModelFileException(
            "hole of " + (entry.begin() - at) + " bytes before tensor " + name);
      }
      at = entry.begin() + entry.spec().sizeBytes();
      if (at < 0 || at > dataBytes) {
        throw new ModelFileException(
            "tensor "
                + name
                + " ends beyond the file's end, which has "
                + dataBytes
                + " bytes of data");
      }
    }
    if (at != dataBytes) {
      throw new ModelFileException((dataBytes - at) + " bytes after the last tensor");
    }
  }

  private static Entry withRole(Entry entry, Map<String, String> roles) throws ModelFileException {
    var role = roles.get(entry.spec().name());
    if (role == null) {
      return entry;
    }
    try {
      return new Entry(entry.spec().withRole(Role.valueOf(role)), entry.begin());
    } catch (IllegalArgumentException _) {
      throw new ModelFileException("tensor " + entry.spec().name() + ": unknown role " + role);
    }
  }

  private static List<Long> numbers(
      String name, String key, @org.jspecify.annotations.Nullable Object value)
      throws ModelFileException {
    var numbers = new ArrayList<Long>();
    if (value instanceof List<?> list) {
      for (var element : list) {
        if (!(element instanceof Long number)) {
          throw new ModelFileException(
              "tensor " + name + ": " + key + " " + value + ", expected whole numbers");
        }
        numbers.add(number);
      }
      return numbers;
    }
    throw new ModelFileException("tensor " + name + ": " + key + " is not a list");
  }

  private static Map<String, String> texts(String what, Object value) throws ModelFileException {
    var texts = new LinkedHashMap<String, String>();
    if (!(value instanceof Map<?, ?> members)) {
      throw new ModelFileException(what + " is not an object");
    }
    for (var member : members.entrySet()) {
      if (!(member.getValue() instanceof String text)) {
        throw new ModelFileException(what + ": '" + member.getKey() + "' is not a text");
      }
      texts.put((String) member.getKey(), text);
    }
    return texts;
  }

  private static String object(Map<String, String> members) {
    var json = new StringBuilder("{");
    members.forEach((name, value) -> {
      if (json.length() > 1) {
        json.append(',');
      }
      quote(json, name);
      json.append(':');
      quote(json, value);
    });
    return json.append('}').toString();
  }

  private static void quote(StringBuilder json, String text) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < 0x20) {
        json.append("\\u").append(java.util.HexFormat.of().toHexDigits(c));
      } else {
        json.append(c);
      }
    }
    json.append('"');
  }
}
