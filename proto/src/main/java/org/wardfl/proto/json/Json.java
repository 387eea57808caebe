package org.wardfl.proto.json;

import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Writes values as JSON: maps in their own order, collections, texts, numbers, truth values, and
/// null for an empty [Optional]. Numbers that are not finite become null, since JSON has none.
public final class Json {

  private final StringBuilder text = new StringBuilder();
  private final boolean indented;

  private Json(boolean indented) {
    this.indented = indented;
  }

  /// The value on one line.
  public static String line(Object value) {
    var json = new Json(false);
    json.value(value, 0);
    return json.text.toString();
  }

  /// The value over several lines, with two spaces an indentation and a line end.
  public static String document(Object value) {
    var json = new Json(true);
    json.value(value, 0);
    return json.text.append('\n').toString();
  }

  private void value(@Nullable Object value, int depth) {
    switch (value) {
      case null -> text.append("null");
      case Optional<?> optional -> value(optional.orElse(null), depth);
      case Map<?, ?> map -> map(map, depth);
      case Collection<?> collection -> list(collection, depth);
      case Double number -> text.append(Double.isFinite(number) ? number(number) : "null");
      case Float number -> text.append(Float.isFinite(number) ? number.toString() : "null");
      case Number number -> text.append(number);
      case Boolean truth -> text.append(truth);
      default -> quote(value.toString());
    }
  }

  // A whole number that a double holds exactly reads better without its fraction.
  private static String number(double number) {
    return number == Math.rint(number) && Math.abs(number) < 1e15
        ? Long.toString((long) number)
        : Double.toString(number);
  }

  private void map(Map<?, ?> map, int depth) {
    text.append('{');
    boolean first = true;
    for (var entry : map.entrySet()) {
      separate(first, depth + 1);
      first = false;
      quote(String.valueOf(entry.getKey()));
      text.append(indented ? ": " : ":");
      value(entry.getValue(), depth + 1);
    }
    end(map.isEmpty(), depth);
    text.append('}');
  }

  private void list(Collection<?> list, int depth) {
    text.append('[');
    boolean first = true;
    for (var element : list) {
      separate(first, depth + 1);
      first = false;
      value(element, depth + 1);
    }
    end(list.isEmpty(), depth);
    text.append(']');
  }

  private void separate(boolean first, int depth) {
    if (!first) {
      text.append(',');
    }
    if (indented) {
      text.append('\n').repeat("  ", depth);
    }
  }

  private void end(boolean empty, int depth) {
    if (indented && !empty) {
      text.append('\n').repeat("  ", depth);
    }
  }

  private void quote(String value) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"' -> text.append("\\\"");
        case '\\' -> text.append("\\\\");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        default -> {
          // Besides control characters: what ends a line in a script, and half a surrogate pair.
          if (c < 0x20
              || c == 0x7f
              || c == 0x2028
              || c == 0x2029
              || (Character.isSurrogate(c) && !paired(value, i))) {
            text.append("\\u").append(HexFormat.of().toHexDigits(c));
          } else {
            text.append(c);
          }
        }
      }
    }
    text.append('"');
  }

  private static boolean paired(String value, int at) {
    char c = value.charAt(at);
    return Character.isHighSurrogate(c)
        ? at + 1 < value.length() && Character.isLowSurrogate(value.charAt(at + 1))
        : at > 0 && Character.isHighSurrogate(value.charAt(at - 1));
  }
}
