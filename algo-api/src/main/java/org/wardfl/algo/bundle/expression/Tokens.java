package org.wardfl.algo.bundle.expression;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Splits an expression into words, up to the first that is none.
final class Tokens {

  static final int MAX_LENGTH = 10_000;

  private static final Pattern REFERENCE = Pattern.compile("@(\\w*(?:::\\w*)*)");
  private static final Pattern WORD =
      Pattern.compile("[A-Za-z_][A-Za-z0-9_]*(?:\\.[A-Za-z_][A-Za-z0-9_]*)*");
  private static final Pattern NUMBER =
      Pattern.compile(
          "(?:[0-9]+(?:_[0-9]+)*\\.?(?:[0-9]+(?:_[0-9]+)*)?|\\.[0-9]+(?:_[0-9]+)*)"
              + "(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?");
  private static final Pattern WHOLE = Pattern.compile("0+|[1-9][0-9]*");
  private static final Pattern SIGN =
      Pattern.compile("\\*\\*|//|<=|>=|==|!=|[-+*/%<>=(){},:\\[\\]]");

  private final String text;
  private int at;
  private int open;

  private Tokens(String text) {
    this.text = text;
  }

  static List<Token> of(String text) throws ExpressionException {
    if (text.length() > MAX_LENGTH) {
      throw ExpressionException.opaque("longer than " + MAX_LENGTH + " characters");
    }
    return new Tokens(text).all();
  }

  private List<Token> all() {
    var tokens = new ArrayList<Token>();
    try {
      skipSpace();
      while (at < text.length()) {
        tokens.add(next());
        skipSpace();
      }
    } catch (ExpressionException e) {
      // What stands before it may be a better reason.
      tokens.add(new Token.Stray(String.valueOf(e.getMessage())));
    }
    tokens.add(new Token.End());
    return tokens;
  }

  private void skipSpace() throws ExpressionException {
    while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
      if (open == 0 && " \t".indexOf(text.charAt(at)) < 0) {
        throw ExpressionException.opaque("more than one line");
      }
      at++;
    }
  }

  private Token next() throws ExpressionException {
    char c = text.charAt(at);
    if (c == '\'' || c == '"') {
      return new Token.Constant(new Value.Text(string(c, false)));
    }
    if (c == 'f' && at + 1 < text.length() && "'\"".indexOf(text.charAt(at + 1)) >= 0) {
      at++;
      // MONAI puts what a reference stands for in single quotes.
      return new Token.Formatted(parts(string(text.charAt(at), text.charAt(at) == '"')));
    }
    var reference = match(REFERENCE);
    if (reference != null) {
      return new Token.Reference(reference.group(1));
    }
    var word = match(WORD);
    if (word != null) {
      if (at < text.length() && "'\"".indexOf(text.charAt(at)) >= 0) {
        throw ExpressionException.opaque("a text with the prefix " + word.group());
      }
      return new Token.Word(word.group());
    }
    var number = match(NUMBER);
    if (number != null) {
      return number(number.group());
    }
    var sign = match(SIGN);
    if (sign != null) {
      open += "([{".contains(sign.group()) ? 1 : ")]}".contains(sign.group()) ? -1 : 0;
      return new Token.Sign(sign.group());
    }
    throw ExpressionException.opaque("'" + c + "'");
  }

  private @org.jspecify.annotations.Nullable Matcher match(Pattern pattern) {
    var matcher = pattern.matcher(text).region(at, text.length());
    if (!matcher.lookingAt()) {
      return null;
    }
    at = matcher.end();
    return matcher;
  }

  private Token number(String written) throws ExpressionException {
    boolean joined = at < text.length() && Character.isLetterOrDigit(text.charAt(at));
    if (joined || (at < text.length() && "_.".indexOf(text.charAt(at)) >= 0)) {
      throw ExpressionException.opaque("a number followed by '" + text.charAt(at) + "'");
    }
    var digits = written.replace("_", "");
    if (digits.matches("[0-9]+")) {
      if (!WHOLE.matcher(digits).matches()) {
        throw ExpressionException.opaque("a number with leading zeros");
      }
      try {
        return new Token.Constant(new Value.Whole(Long.parseLong(digits)));
      } catch (NumberFormatException _) {
        throw ExpressionException.opaque(Arithmetic.TOO_LARGE);
      }
    }
    return new Token.Constant(new Value.Real(Double.parseDouble(digits)));
  }

  private String string(char quote, boolean references) throws ExpressionException {
    int start = at++;
    var value = new StringBuilder();
    while (at < text.length() && text.charAt(at) != quote) {
      char c = text.charAt(at++);
      if (c == '\n' || c == '\r') {
        throw ExpressionException.opaque("a text over several lines");
      }
      if (c == '@' && !references) {
        // MONAI would put an expression there, in the middle of the text.
        throw ExpressionException.opaque("a reference within a text");
      }
      value.append(c == '\\' ? escaped() : c);
    }
    boolean tripled = at == start + 1 && at + 1 < text.length() && text.charAt(at + 1) == quote;
    if (at == text.length() || tripled) {
      throw ExpressionException.opaque("a text that does not end, or in three quotes");
    }
    at++;
    return value.toString();
  }

  private char escaped() throws ExpressionException {
    char c = at < text.length() ? text.charAt(at++) : ' ';
    return switch (c) {
      case '\\', '\'', '"' -> c;
      case 'n' -> '\n';
      case 't' -> '\t';
      default -> throw ExpressionException.opaque("the escape \\" + c);
    };
  }

  /// Only `{expression}`, without conversion or format, and `{{` and `}}`.
  private static List<String> parts(String content) throws ExpressionException {
    if (content.contains("\\")) {
      throw ExpressionException.opaque("an escape in an f-string");
    }
    var parts = new ArrayList<String>();
    var part = new StringBuilder();
    for (int i = 0; i < content.length(); i++) {
      char c = content.charAt(i);
      boolean doubled = i + 1 < content.length() && content.charAt(i + 1) == c;
      if ((c == '{' || c == '}') && doubled) {
        part.append(c);
        i++;
      } else if (c == '{') {
        int end = content.indexOf('}', i);
        var inner = end < 0 ? "" : content.substring(i + 1, end);
        if (inner.isBlank() || !inner.matches("[^{}!:='\"\\n]+")) {
          throw ExpressionException.opaque("an f-string with more than plain values");
        }
        parts.add(part.toString());
        parts.add(inner);
        part.setLength(0);
        i = end;
      } else if (c == '@') {
        throw ExpressionException.opaque("a reference within a text");
      } else if (c == '}') {
        throw ExpressionException.opaque("an f-string with a single brace");
      } else {
        part.append(c);
      }
    }
    parts.add(part.toString());
    return parts;
  }
}
