package org.wardfl.server.report;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;

/// Writes HTML and SVG that is well-formed and escaped by construction: text and attributes go in
/// as plain text only.
final class Markup {

  private final StringBuilder out = new StringBuilder(64 * 1024);
  private final Deque<String> open = new ArrayDeque<>();

  Markup() {
    out.append("<!doctype html>\n");
  }

  /// Opens an element.
  ///
  /// @param attributes names and values in turn; an empty value leaves the attribute out
  Markup open(String element, String... attributes) {
    start(element, attributes);
    out.append('>');
    open.push(element);
    return this;
  }

  /// Closes the innermost open element.
  Markup close() {
    out.append("</").append(open.pop()).append('>');
    return this;
  }

  /// An element without content, such as `meta` or `rect`.
  Markup empty(String element, String... attributes) {
    start(element, attributes);
    out.append("/>");
    return this;
  }

  /// An element with nothing but text in it.
  Markup element(String element, String text, String... attributes) {
    return open(element, attributes).text(text).close();
  }

  /// Text as it is meant to be read.
  Markup text(String text) {
    escape(text);
    return this;
  }

  /// An element whose content HTML does not unescape: a script, a style sheet or a block of data.
  ///
  /// @throws IllegalArgumentException if the content could end the element
  Markup verbatim(String element, String content, String... attributes) {
    if (content.contains("</") || content.contains("<!--")) {
      throw new IllegalArgumentException(element + ": the content holds `</` or `<!--`");
    }
    open(element, attributes);
    out.append(content);
    return close();
  }

  /// The finished document.
  ///
  /// @throws IllegalStateException if an element is still open
  String finish() {
    if (!open.isEmpty()) {
      throw new IllegalStateException("not closed: " + open);
    }
    return out.append('\n').toString();
  }

  private void start(String element, String... attributes) {
    out.append('<').append(element);
    for (int i = 0; i < attributes.length; i += 2) {
      if (!attributes[i + 1].isEmpty()) {
        out.append(' ').append(attributes[i]).append("=\"");
        escape(Objects.requireNonNull(attributes[i + 1]));
        out.append('"');
      }
    }
  }

  private void escape(String text) {
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      switch (c) {
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '&' -> out.append("&amp;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        default -> out.appendCodePoint(misleads(c) ? 0xFFFD : c);
      }
    }
  }

  /// Control characters, half surrogates and marks that turn the direction of writing: a name made
  /// of them can pass for another one.
  private static boolean misleads(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL -> c != '\n';
      case Character.FORMAT, Character.SURROGATE, Character.LINE_SEPARATOR -> true;
      case Character.PARAGRAPH_SEPARATOR, Character.UNASSIGNED -> true;
      default -> false;
    };
  }
}
