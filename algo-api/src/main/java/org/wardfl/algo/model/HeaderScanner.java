package org.wardfl.algo.model;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads the JSON header of a safetensors file: objects, arrays, strings and whole numbers,
/// strictly and to a small depth.
///
/// Anything else that JSON allows (true, null, fractions, deep nesting, repeated names) has no
/// place in such a header and is refused with its position.
final class HeaderScanner {

  private static final int MAX_DEPTH = 4;

  private final String text;
  private int at;

  private HeaderScanner(String text) {
    this.text = text;
  }

  static Map<String, Object> scan(String text) throws ModelFileException {
    var scanner = new HeaderScanner(text);
    scanner.skipSpace();
    var root = scanner.object(1);
    scanner.skipSpace();
    if (scanner.at != text.length()) {
      throw scanner.wrong("more text after the header's end");
    }
    return root;
  }

  private Object value(int depth) throws ModelFileException {
    if (depth > MAX_DEPTH) {
      throw wrong("nesting deeper than " + MAX_DEPTH);
    }
    return switch (peek()) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> string();
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
      default -> throw wrong("expected an object, a list, a text or a whole number");
    };
  }

  private Map<String, Object> object(int depth) throws ModelFileException {
    expect('{');
    var members = new LinkedHashMap<String, Object>();
    skipSpace();
    if (peek() == '}') {
      at++;
      return members;
    }
    while (true) {
      skipSpace();
      var name = string();
      skipSpace();
      expect(':');
      skipSpace();
      if (members.put(name, value(depth + 1)) != null) {
        throw wrong("name '" + name + "' is given twice");
      }
      skipSpace();
      if (peek() == '}') {
        at++;
        return members;
      }
      expect(',');
    }
  }

  private List<Object> array(int depth) throws ModelFileException {
    expect('[');
    var elements = new ArrayList<>();
    skipSpace();
    if (peek() == ']') {
      at++;
      return elements;
    }
    while (true) {
      skipSpace();
      elements.add(value(depth + 1));
      skipSpace();
      if (peek() == ']') {
        at++;
        return elements;
      }
      expect(',');
    }
  }

  private String string() throws ModelFileException {
    expect('"');
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

  private char escaped() throws ModelFileException {
    char c = next();
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> {
        if (at + 4 > text.length()) {
          throw wrong("the header ends inside an escape");
        }
        int code = 0;
        for (int i = 0; i < 4; i++) {
          int digit = Character.digit(text.charAt(at++), 16);
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

  private Long number() throws ModelFileException {
    int start = at;
    if (peek() == '-') {
      at++;
    }
    while (at < text.length() && "0123456789.eE+-".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    var digits = text.substring(start, at);
    try {
      if (digits.length() > 40) {
        throw wrong("number of " + digits.length() + " digits");
      }
      return new BigDecimal(digits).longValueExact();
    } catch (NumberFormatException _) {
      throw wrong("not a number: " + digits);
    } catch (ArithmeticException _) {
      throw wrong("number " + digits + " is not whole or does not fit in 64 bits");
    }
  }

  private void skipSpace() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private void expect(char wanted) throws ModelFileException {
    if (peek() != wanted) {
      throw wrong("found '" + peek() + "', expected '" + wanted + "'");
    }
    at++;
  }

  private char next() throws ModelFileException {
    char c = peek();
    at++;
    return c;
  }

  private char peek() throws ModelFileException {
    if (at >= text.length()) {
      throw wrong("the header ends too early");
    }
    return text.charAt(at);
  }

  private ModelFileException wrong(String what) {
    return new ModelFileException("header, character " + at + ": " + what);
  }
}
