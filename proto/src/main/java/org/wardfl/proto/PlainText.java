package org.wardfl.proto;

/// Text of somebody else's on its way to a terminal, a log or a page: nothing in it can move a
/// cursor, begin a line or turn the direction of reading.
public final class PlainText {

  private PlainText() {}

  /// The text with each control, invisible or lone surrogate character written as its number in
  /// hexadecimal digits behind a backslash, as in Java, cut to so many characters.
  ///
  /// @param most characters of the result, at least 1; a text that was cut ends with `…`
  public static String of(String text, int most) {
    var plain = new StringBuilder(Math.min(text.length(), most));
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      int point = text.codePointAt(i);
      if (isVisible(point)) {
        plain.appendCodePoint(point);
      } else {
        plain.append(point > 0xffff ? "\\u{%x}".formatted(point) : "\\u%04x".formatted(point));
      }
      if (plain.length() > most) {
        int end = Character.isLowSurrogate(plain.charAt(most - 1)) ? most - 2 : most - 1;
        return plain.substring(0, Math.max(0, end)) + "…";
      }
    }
    return plain.toString();
  }

  private static boolean isVisible(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
