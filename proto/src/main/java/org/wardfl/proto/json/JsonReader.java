package org.wardfl.proto.json;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads JSON (RFC 8259) strictly: objects as maps in their own order, arrays as lists, texts,
/// [Long] for whole numbers, [Double] for others, truth values, null.
///
/// A repeated name, deep nesting, a number that is too large and text after the end are refused.
public final class JsonReader {

  private static final int MAX_DEPTH = 64;

  private final String text;
  private int at;

  private JsonReader(String text) {
    this.text = text;
  }

  /// The value that is all of this text.
  ///
  /// @throws IllegalArgumentException with the position of what is wrong
  public static @Nullable Object read(String text) {
    var reader = new JsonReader(text);
    var value = reader.value(0);
    reader.skipSpace();
    if (reader.at != text.length()) {
      throw reader.wrong("more text after the end");
    }
    return value;
  }

  /// The object that is all of this text.
  ///
  /// @throws IllegalArgumentException with the position of what is wrong
  public static Map<String, @Nullable Object> readObject(String text) {
    var reader = new JsonReader(text);
    reader.skipSpace();
    if (reader.peek() != '{') {
      throw reader.wrong("expected an object");
    }
    var value = reader.object(0);
    reader.skipSpace();
    if (reader.at != text.length()) {
      throw reader.wrong("more text after the end");
    }
    return value;
  }

  private @Nullable Object value(int depth) {
    if (depth > MAX_DEPTH) {
      throw wrong("nesting deeper than " + MAX_DEPTH);
    }
    skipSpace();
    return switch (peek()) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", null);
      default -> number();
    };
  }

  private Map<String, @Nullable Object> object(int depth) {
    at++;
    var members = new LinkedHashMap<String, @Nullable Object>();
    skipSpace();
    if (peek() == '}') {
      at++;
      return members;
    }
    while (true) {
      skipSpace();
      if (peek() != '"') {
        throw wrong("expected a name");
      }
      var name = string();
      skipSpace();
      expect(':');
      if (members.containsKey(name)) {
        throw wrong("name '" + name + "' is given twice");
      }
      members.put(name, value(depth + 1));
      skipSpace();
      if (peek() == '}') {
        at++;
        return Collections.unmodifiableMap(members);
      }
      expect(',');
    }
  }

  private List<@Nullable Object> array(int depth) {
    at++;
    var elements = new ArrayList<@Nullable Object>();
    skipSpace();
    if (peek() == ']') {
      at++;
      return elements;
    }
    while (true) {
      elements.add(value(depth + 1));
      skipSpace();
      if (peek() == ']') {
        at++;
        return Collections.unmodifiableList(elements);
      }
      expect(',');
    }
  }

  private String string() {
    at++;
    var result = new StringBuilder();
    while (true) {
      char c = next();
      if (c == '"') {
        return result.toString();
      }
      if (c < 0x20) {
        throw wrong("control character in a text");
      }
      result.append(c == '\\' ? escaped() : c);
    }
  }

  private char escaped() {
    char c = next();
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> {
        int code = 0;
        for (int i = 0; i < 4; i++) {
          int digit = Character.digit(next(), 16);
          if (digit < 0) {
            throw wrong("not a hexadecimal digit in an escape");
          }
          code = (code << 4) | digit;
        }
        yield (char) code;
      }
      default -> throw wrong("unknown escape");
    };
  }

  private Number number() {
    int start = at;
    while (at < text.length() && "0123456789.eE+-".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    var digits = text.substring(start, at);
    if (!digits.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?")) {
      at = start;
      throw wrong("expected a value");
    }
    if (digits.matches("-?[0-9]{1,18}")) {
      return Long.valueOf(digits);
    }
    double value = Double.parseDouble(digits);
    if (!Double.isFinite(value)) {
      throw wrong("number " + digits + " is too large");
    }
    return value;
  }

  private @Nullable Object word(String word, @Nullable Object value) {
    if (!text.startsWith(word, at)) {
      throw wrong("expected a value");
    }
    at += word.length();
    return value;
  }

  private void skipSpace() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private void expect(char wanted) {
    if (peek() != wanted) {
      throw wrong("found '" + peek() + "', expected '" + wanted + "'");
    }
    at++;
  }

  private char next() {
    char c = peek();
    at++;
    return c;
  }

  private char peek() {
    if (at >= text.length()) {
      throw wrong("the text ends too early");
    }
    return text.charAt(at);
  }

  private IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException("JSON, character " + at + ": " + what);
  }
}
