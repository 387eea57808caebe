package org.wardfl.provisioning.yaml;

/// Texts as they are written into YAML files.
public final class YamlText {

  private YamlText() {}

  /// A text in double quotes, which reads back as it is whatever is in it.
  public static String quote(String text) {
    var quoted = new StringBuilder("\"");
    text.chars()
        .forEach(c -> {
          if (c == '"' || c == '\\') {
            quoted.append('\\').append((char) c);
          } else if (c < ' ' || c > '~') {
            quoted.append(String.format("\\u%04X", c));
          } else {
            quoted.append((char) c);
          }
        });
    return quoted.append('"').toString();
  }
}
