package org.wardfl.algo;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Typed settings by name, as a job file gives them to an algorithm or a filter.
///
/// A value is a [String], [Long], [Double], [Boolean], a [List] of values or a [Map] from names to
/// values; copies are deep and immutable. Every accessor names the key, what was found and what was
/// expected.
///
/// @param values by name, in the order of the job file
public record Arguments(Map<String, Object> values) {

  /// Checks and copies deeply.
  ///
  /// @throws IllegalArgumentException on a value of another type
  public Arguments {
    values = copyMap(values);
  }

  /// No settings.
  public static Arguments none() {
    return new Arguments(Map.of());
  }

  /// Refuses settings that the caller does not know.
  ///
  /// @throws AlgoException.Configuration naming the first unknown key and the known ones
  public Arguments only(String... known) throws AlgoException.Configuration {
    var allowed = List.of(known);
    for (var key : values.keySet()) {
      if (!allowed.contains(key)) {
        throw AlgoException.Configuration.unknown(key, allowed);
      }
    }
    return this;
  }

  /// Whether the setting is given.
  public boolean has(String key) {
    return values.containsKey(key);
  }

  /// A required text.
  public String string(String key) throws AlgoException.Configuration {
    return required(key, String.class, "a text");
  }

  /// A text, or the default.
  public String string(String key, String defaultValue) throws AlgoException.Configuration {
    return has(key) ? string(key) : defaultValue;
  }

  /// A required whole number.
  public long integer(String key) throws AlgoException.Configuration {
    return required(key, Long.class, "a whole number");
  }

  /// A whole number, or the default.
  public long integer(String key, long defaultValue) throws AlgoException.Configuration {
    return has(key) ? integer(key) : defaultValue;
  }

  /// A required number.
  public double number(String key) throws AlgoException.Configuration {
    return values.get(key) instanceof Long whole ? whole : required(key, Double.class, "a number");
  }

  /// A number, or the default.
  public double number(String key, double defaultValue) throws AlgoException.Configuration {
    return has(key) ? number(key) : defaultValue;
  }

  /// A truth value, or the default.
  public boolean bool(String key, boolean defaultValue) throws AlgoException.Configuration {
    return has(key) ? required(key, Boolean.class, "true or false") : defaultValue;
  }

  /// A list of texts, or the default.
  public List<String> strings(String key, List<String> defaultValue)
      throws AlgoException.Configuration {
    return has(key) ? elements(key, String.class, "a list of texts") : defaultValue;
  }

  /// A list of whole numbers, or the default.
  public List<Long> integers(String key, List<Long> defaultValue)
      throws AlgoException.Configuration {
    return has(key) ? elements(key, Long.class, "a list of whole numbers") : defaultValue;
  }

  /// A list of numbers, or the default.
  public List<Double> numbers(String key, List<Double> defaultValue)
      throws AlgoException.Configuration {
    return has(key)
        ? elements(key, Number.class, "a list of numbers").stream()
            .map(Number::doubleValue)
            .toList()
        : defaultValue;
  }

  /// Settings within a setting, if given.
  public Optional<Arguments> nested(String key) throws AlgoException.Configuration {
    if (!has(key)) {
      return Optional.empty();
    }
    Map<?, ?> map = required(key, Map.class, "a mapping");
    return Optional.of(new Arguments(copyMap(map)));
  }

  private <T> List<T> elements(String key, Class<T> type, String expected)
      throws AlgoException.Configuration {
    var result = new ArrayList<T>();
    for (var element : required(key, List.class, expected)) {
      if (!type.isInstance(element)) {
        throw new AlgoException.Configuration(
            "argument `" + key + "`: found " + element + " in the list, expected " + expected);
      }
      result.add(type.cast(element));
    }
    return List.copyOf(result);
  }

  private <T> T required(String key, Class<T> type, String expected)
      throws AlgoException.Configuration {
    var value = values.get(key);
    if (value == null) {
      throw new AlgoException.Configuration(
          "argument `" + key + "` is missing; expected " + expected);
    }
    if (!type.isInstance(value)) {
      throw new AlgoException.Configuration(
          "argument `" + key + "`: found " + value + ", expected " + expected);
    }
    return type.cast(value);
  }

  private static Map<String, Object> copyMap(Map<?, ?> source) {
    var copy = new LinkedHashMap<String, Object>();
    source.forEach((name, value) -> copy.put((String) name, copyValue(value)));
    return Collections.unmodifiableMap(copy);
  }

  private static Object copyValue(Object value) {
    return switch (value) {
      case String text -> text;
      case Long number -> number;
      case Integer number -> number.longValue();
      case Double number -> number;
      case Boolean truth -> truth;
      case List<?> list -> list.stream().map(Arguments::copyValue).toList();
      case Map<?, ?> map -> copyMap(map);
      default ->
          throw new IllegalArgumentException("a setting cannot be a " + value.getClass().getName());
    };
  }
}
