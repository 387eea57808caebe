package org.wardfl.algo.bundle;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.regex.Pattern;

/// Reads JSON (RFC 8259) strictly: no repeated names, no more than 64 levels, nothing after the
/// end.
final class JsonText {

  private static final int MAX_DEPTH = 64;
  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?");

  private final String origin;
  private final String text;
  private int at;

  private JsonText(String origin, String text) {
    this.origin = origin;
    this.text = text;
  }

  /// @param origin what messages call it
  static Node parse(String origin, String text) throws BundleException {
    var json = new JsonText(origin, text.startsWith("\ufeff") ? text.substring(1) : text);
    json.skipSpace();
    var root = json.value(1);
    json.skipSpace();
    if (json.at < json.text.length()) {
      throw json.wrong("more text after the end");
    }
    return root;
  }

  private Node value(int depth) throws BundleException {
    if (depth > MAX_DEPTH) {
      throw wrong("nested deeper than " + MAX_DEPTH);
    }
    return switch (peek()) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> new Node.Text(string());
      case 't' -> word("true", new Node.Truth(true));
      case 'f' -> word("false", new Node.Truth(false));
      case 'n' -> word("null", new Node.Nothing());
      default -> number();
    };
  }

  private Node object(int depth) throws BundleException {
    expect('{');
    var members = new LinkedHashMap<String, Node>();
    skipSpace();
    while (peek() != '}') {
      if (!members.isEmpty()) {
        expect(',');
        skipSpace();
      }
      var name = string();
      skipSpace();
      expect(':');
      skipSpace();
      if (members.containsKey(name)) {
        throw wrong("the name '" + name + "' is there twice");
      }
      members.put(name, value(depth + 1));
      skipSpace();
    }
    at++;
    return new Node.Mapping(members);
  }

  private Node array(int depth) throws BundleException {
    expect('[');
    List<Node> elements = new ArrayList<>();
    skipSpace();
    while (peek() != ']') {
      if (!elements.isEmpty()) {
        expect(',');
        skipSpace();
      }
      elements.add(value(depth + 1));
      skipSpace();
    }
    at++;
    return new Node.Items(elements);
  }

  private String string() throws BundleException {
    expect('"');
    var result = new StringBuilder();
    while (true) {
      char c = peek();
      at++;
      if (c == '"') {
        return result.toString();
      }
      if (c < 0x20) {
        throw wrong("a control character in a text");
      }
      result.append(c == '\\' ? escaped() : c);
    }
  }

  private char escaped() throws BundleException {
    char c = peek();
    at++;
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> {
        if (at + 4 > text.length() || !text.substring(at, at + 4).matches("[0-9a-fA-F]{4}")) {
          throw wrong("an escape without four hexadecimal digits");
        }
        at += 4;
        yield (char) HexFormat.fromHexDigits(text, at - 4, at);
      }
      default -> throw wrong("an unknown escape");
    };
  }

  private Node number() throws BundleException {
    var number = NUMBER.matcher(text).region(at, text.length());
    if (!number.lookingAt()) {
      throw wrong("found '" + peek() + "', expected a value");
    }
    at = number.end();
    return Scalars.number(number.group(), number.group(2) == null && number.group(3) == null);
  }

  private Node word(String word, Node value) throws BundleException {
    if (!text.startsWith(word, at)) {
      throw wrong("expected " + word);
    }
    at += word.length();
    return value;
  }

  private void skipSpace() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private void expect(char wanted) throws BundleException {
    if (peek() != wanted) {
      throw wrong("found '" + peek() + "', expected '" + wanted + "'");
    }
    at++;
  }

  private char peek() throws BundleException {
    if (at >= text.length()) {
      throw wrong("the text ends too early");
    }
    return text.charAt(at);
  }

  private BundleException wrong(String what) {
    long line =
        1 + text.substring(0, Math.min(at, text.length())).chars().filter(c -> c == '\n').count();
    return new BundleException(origin + ", line " + line + ": not JSON: " + what);
  }
}
