package org.wardfl.algo.bundle;

import java.util.Set;
import java.util.regex.Pattern;

/// Tells the expressions of a configuration that are plain data from those that are code.
///
/// Nothing is executed and nothing evaluated, ever: expressions stay texts for MONAI.
public final class Expression {

  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s*(?:(?<word>[A-Za-z_]\\w*)|(?<reference>@\\w*(?:::\\w*)*)"
              + "|(?<number>[0-9.][0-9._]*(?:[eE][-+]?[0-9]+)?)"
              + "|(?<text>'[^'\\\\]*'|\"[^\"\\\\]*\")|(?<sign>[-+*/%<>=!()\\[\\]{},:.]))");
  private static final Set<String> WORDS =
      Set.of(
          "True", "False", "None", "and", "or", "not", "if", "else", "for", "in", "len", "int",
          "float", "str", "list", "sorted", "range", "zip", "min", "max");
  private static final Pattern PATHS =
      Pattern.compile("\\bos\\.path\\.(?:join|basename|dirname)(?=\\()|\\bglob\\.glob(?=\\()");

  private Expression() {}

  /// Whether an expression consists only of literals, references, arithmetic, comparison, indexing,
  /// comprehensions and a few harmless functions.
  ///
  /// @param expression without its `$`
  public static boolean isPlain(String expression) {
    var text = PATHS.matcher(expression).replaceAll("len");
    if (text.length() > 10_000) {
      return false;
    }
    var names = new java.util.HashSet<>(WORDS);
    var bound =
        Pattern.compile("\\bfor\\s+([A-Za-z_]\\w*(?:\\s*,\\s*[A-Za-z_]\\w*)*)\\s+in\\b")
            .matcher(text);
    while (bound.find()) {
      for (var name : bound.group(1).split(",", -1)) {
        names.add(name.strip());
      }
    }
    var token = TOKEN.matcher(text.strip());
    int at = 0;
    while (token.find(at) && token.start() == at) {
      var word = token.group("word");
      boolean attribute = ".".equals(token.group("sign"));
      if (attribute || (word != null && (!names.contains(word) || word.contains("__")))) {
        return false;
      }
      at = token.end();
      if (at == text.strip().length()) {
        return true;
      }
    }
    return false;
  }
}
