package org.wardfl.provisioning.yaml;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Values by key, in the order of the file. Accessors without a default require the key.
///
/// @param location where it begins
/// @param path the keys that lead here, for messages; empty at the top
/// @param nodes by key
/// @param keyLocations where each key stands
public record YamlMapping(
    YamlLocation location,
    String path,
    Map<String, YamlNode> nodes,
    Map<String, YamlLocation> keyLocations)
    implements YamlNode {

  private static final Pattern DURATION = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(ms|s|m|h|d)");
  private static final Pattern ABOUT =
      Pattern.compile(
          "(?<key>[a-z0-9_]+)(\\[(?<index>[0-9]{1,4})])?(\\.(?<rest>[a-z0-9_.\\[\\]]+))?: (?<message>.*)",
          Pattern.DOTALL);
  private static final Pattern BYTES = Pattern.compile("([0-9]+)(B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)");

  /// Copies.
  public YamlMapping {
    nodes = Collections.unmodifiableMap(new LinkedHashMap<>(nodes));
    keyLocations = Map.copyOf(keyLocations);
  }

  /// The keys in the order of the file.
  public List<String> keys() {
    return List.copyOf(nodes.keySet());
  }

  /// Whether the key is there.
  public boolean has(String key) {
    return nodes.containsKey(key);
  }

  /// Refuses keys that are not among the known ones, with a suggestion where one is near.
  ///
  /// @throws YamlException at the first unknown key
  public YamlMapping only(String... known) throws YamlException {
    for (var key : nodes.keySet()) {
      if (!Arrays.asList(known).contains(key)) {
        var near = Spelling.nearest(key, Arrays.asList(known));
        throw new YamlException(
            keyLocation(key),
            "unknown key `"
                + key
                + "`"
                + (path.isEmpty() ? "" : " in " + path)
                + near.map(word -> "; did you mean `" + word + "`?")
                    .orElse("; expected one of " + String.join(", ", known)));
      }
    }
    return this;
  }

  /// An error at a key, or at the mapping where the key is missing.
  public YamlException error(String key, String message) {
    return new YamlException(keyLocation(key), full(key) + ": " + message);
  }

  /// An error that is told by a message such as `optimizer.tau: found 0` or `workflow[1].models:
  /// found best`: at the key that it begins with.
  ///
  /// @return empty if it begins with no key of this mapping
  public Optional<YamlException> error(String message) {
    var parts = ABOUT.matcher(message);
    if (!parts.matches() || !has(parts.group("key"))) {
      return Optional.empty();
    }
    var key = parts.group("key");
    var node = nodes.get(key);
    var at = keyLocation(key);
    if (parts.group("index") != null && node instanceof YamlList list) {
      int index = Integer.parseInt(parts.group("index"));
      if (index < list.nodes().size()) {
        node = list.nodes().get(index);
        at = node.location();
      }
    }
    var rest = parts.group("rest");
    if (rest != null && node instanceof YamlMapping inner) {
      var found = inner.error(rest + ": " + parts.group("message"));
      if (found.isPresent()) {
        return found;
      }
    }
    int after = parts.start("message");
    return Optional.of(
        new YamlException(
            at, full(message.substring(0, after - 2)) + ": " + message.substring(after)));
  }

  /// What was said of a value deep in this mapping, at its place.
  ///
  /// @param path such as `method.mu`; as much of it is looked for as there is
  /// @param known words of which the last key of the path should have been one; may be empty
  public YamlException errorWithin(String path, String message, List<String> known) {
    var at = this;
    var key = "";
    for (var next : path.split("\\.", -1)) {
      if (!key.isEmpty() && at.nodes.get(key) instanceof YamlMapping inner) {
        at = inner;
      }
      if (!at.has(next)) {
        break;
      }
      key = next;
    }
    var near =
        Spelling.nearest(key, known).map(word -> "; did you mean `" + word + "`?").orElse("");
    return new YamlException(at.keyLocation(key), this.path + ": " + message + near);
  }

  /// The node of a key.
  ///
  /// @throws YamlException if it is missing
  public YamlNode node(String key) throws YamlException {
    var node = nodes.get(key);
    if (node == null) {
      throw new YamlException(location, "`" + full(key) + "` is missing");
    }
    return node;
  }

  /// The node of a key, if it is there.
  public Optional<YamlNode> optionalNode(String key) {
    return Optional.ofNullable(nodes.get(key));
  }

  /// A text.
  public String string(String key) throws YamlException {
    var node = node(key);
    if (node instanceof YamlScalar scalar && !scalar.isNull()) {
      return scalar.text();
    }
    throw wrong(key, node, "a text");
  }

  /// A text, or the default.
  public String string(String key, String defaultValue) throws YamlException {
    return has(key) ? string(key) : defaultValue;
  }

  /// A whole number.
  public long integer(String key) throws YamlException {
    var node = node(key);
    return scalar(node)
        .flatMap(YamlScalar::whole)
        .orElseThrow(() -> wrong(key, node, "a whole number"));
  }

  /// A whole number, or the default.
  public long integer(String key, long defaultValue) throws YamlException {
    return has(key) ? integer(key) : defaultValue;
  }

  /// A whole number of 32 bits.
  public int int32(String key) throws YamlException {
    long value = integer(key);
    if (value != (int) value) {
      throw wrong(key, node(key), "a whole number of at most " + Integer.MAX_VALUE);
    }
    return (int) value;
  }

  /// A whole number of 32 bits, or the default.
  public int int32(String key, int defaultValue) throws YamlException {
    return has(key) ? int32(key) : defaultValue;
  }

  /// A number.
  public double number(String key) throws YamlException {
    var node = node(key);
    return scalar(node).flatMap(YamlScalar::number).orElseThrow(() -> wrong(key, node, "a number"));
  }

  /// A number, or the default.
  public double number(String key, double defaultValue) throws YamlException {
    return has(key) ? number(key) : defaultValue;
  }

  /// A truth value.
  public boolean bool(String key) throws YamlException {
    var node = node(key);
    return scalar(node)
        .flatMap(YamlScalar::truth)
        .orElseThrow(() -> wrong(key, node, "true or false"));
  }

  /// A truth value, or the default.
  public boolean bool(String key, boolean defaultValue) throws YamlException {
    return has(key) ? bool(key) : defaultValue;
  }

  /// A duration with its unit: `250ms`, `30s`, `5m`, `2h`, `7d`.
  public Duration duration(String key) throws YamlException {
    var node = node(key);
    var text = scalar(node).map(YamlScalar::text).orElse("");
    var match = DURATION.matcher(text);
    if (!match.matches()) {
      throw wrong(key, node, "a duration with its unit, such as 250ms, 30s, 5m, 2h or 7d");
    }
    double unitMillis =
        switch (match.group(2)) {
          case "ms" -> 1;
          case "s" -> 1e3;
          case "m" -> 60e3;
          case "h" -> 3600e3;
          default -> 86400e3;
        };
    double millis = Double.parseDouble(match.group(1)) * unitMillis;
    if (millis > 1e14) {
      throw wrong(key, node, "a duration of at most 1157407d");
    }
    return Duration.ofMillis(Math.round(millis));
  }

  /// A duration, or the default.
  public Duration duration(String key, Duration defaultValue) throws YamlException {
    return has(key) ? duration(key) : defaultValue;
  }

  /// A size with its unit: `512kB`, `64MiB`, `2GiB`.
  public long bytes(String key) throws YamlException {
    var node = node(key);
    var match = BYTES.matcher(scalar(node).map(YamlScalar::text).orElse(""));
    if (!match.matches()) {
      throw wrong(key, node, "a size with its unit, such as 512kB, 64MiB or 2GiB");
    }
    long unit =
        switch (match.group(2)) {
          case "B" -> 1L;
          case "kB" -> 1_000L;
          case "MB" -> 1_000_000L;
          case "GB" -> 1_000_000_000L;
          case "TB" -> 1_000_000_000_000L;
          case "KiB" -> 1L << 10;
          case "MiB" -> 1L << 20;
          case "GiB" -> 1L << 30;
          default -> 1L << 40;
        };
    try {
      return Math.multiplyExact(Long.parseLong(match.group(1)), unit);
    } catch (NumberFormatException | ArithmeticException _) {
      throw wrong(key, node, "a size that fits in 63 bits");
    }
  }

  /// A size, or the default.
  public long bytes(String key, long defaultValue) throws YamlException {
    return has(key) ? bytes(key) : defaultValue;
  }

  /// One of an enum's constants, in lower case.
  public <E extends Enum<E>> E choice(String key, Class<E> type) throws YamlException {
    var text = string(key);
    var words =
        Arrays.stream(type.getEnumConstants())
            .map(constant -> constant.name().toLowerCase(Locale.ROOT))
            .toList();
    int found = words.indexOf(text);
    if (found < 0) {
      throw wrong(key, node(key), "one of " + String.join(", ", words));
    }
    return type.getEnumConstants()[found];
  }

  /// One of an enum's constants, or the default.
  public <E extends Enum<E>> E choice(String key, Class<E> type, E defaultValue)
      throws YamlException {
    return has(key) ? choice(key, type) : defaultValue;
  }

  /// A mapping.
  public YamlMapping mapping(String key) throws YamlException {
    if (node(key) instanceof YamlMapping mapping) {
      return mapping;
    }
    throw wrong(key, node(key), "a mapping");
  }

  /// A mapping, if the key is there.
  public Optional<YamlMapping> optionalMapping(String key) throws YamlException {
    return has(key) ? Optional.of(mapping(key)) : Optional.empty();
  }

  /// A list.
  public YamlList list(String key) throws YamlException {
    if (node(key) instanceof YamlList list) {
      return list;
    }
    throw wrong(key, node(key), "a list");
  }

  /// A list, if the key is there.
  public Optional<YamlList> optionalList(String key) throws YamlException {
    return has(key) ? Optional.of(list(key)) : Optional.empty();
  }

  /// A list of texts.
  public List<String> strings(String key) throws YamlException {
    return list(key).strings();
  }

  /// A list of texts, or the default.
  public List<String> strings(String key, List<String> defaultValue) throws YamlException {
    return has(key) ? strings(key) : defaultValue;
  }

  @Override
  public String described() {
    return "a mapping";
  }

  @Override
  public Map<String, Object> plain() throws YamlException {
    var values = new LinkedHashMap<String, Object>();
    for (var entry : nodes.entrySet()) {
      values.put(entry.getKey(), entry.getValue().plain());
    }
    return values;
  }

  private String full(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private YamlLocation keyLocation(String key) {
    return keyLocations.getOrDefault(key, location);
  }

  private YamlException wrong(String key, YamlNode node, String expected) {
    return error(key, "found " + node.described() + ", expected " + expected);
  }

  private static Optional<YamlScalar> scalar(YamlNode node) {
    return node instanceof YamlScalar scalar ? Optional.of(scalar) : Optional.empty();
  }
}
