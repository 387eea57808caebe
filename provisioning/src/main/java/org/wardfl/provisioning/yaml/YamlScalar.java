package org.wardfl.provisioning.yaml;

import java.util.Optional;
import java.util.regex.Pattern;

/// A single value.
///
/// @param location where it stands
/// @param text as written, without quotes
/// @param quoted whether it was quoted, so that it is a text whatever it looks like
public record YamlScalar(YamlLocation location, String text, boolean quoted) implements YamlNode {

  private static final Pattern WHOLE = Pattern.compile("[-+]?[0-9]+");
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");

  /// The whole number that it is, if it is one that fits in 64 bits.
  public Optional<Long> whole() {
    if (quoted || !WHOLE.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Long.parseLong(text));
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  /// The number that it is, if it is one.
  public Optional<Double> number() {
    return quoted || !NUMBER.matcher(text).matches()
        ? Optional.empty()
        : Optional.of(Double.parseDouble(text));
  }

  /// The truth value that it is, if it is one.
  public Optional<Boolean> truth() {
    if (quoted) {
      return Optional.empty();
    }
    return switch (text) {
      case "true", "True", "TRUE" -> Optional.of(true);
      case "false", "False", "FALSE" -> Optional.of(false);
      default -> Optional.empty();
    };
  }

  /// Whether it is null: empty, `~` or `null` without quotes.
  public boolean isNull() {
    return !quoted && (text.isEmpty() || text.equals("~") || text.equals("null"));
  }

  @Override
  public String described() {
    if (isNull()) {
      return "nothing";
    }
    return (whole().isPresent() || number().isPresent() || truth().isPresent() ? "" : "the text ")
        + "'"
        + text
        + "'";
  }

  @Override
  public Object plain() throws YamlException {
    if (isNull()) {
      throw new YamlException(location, "a value is missing");
    }
    if (whole().isPresent()) {
      return whole().get();
    }
    if (number().isPresent()) {
      return number().get();
    }
    return truth().isPresent() ? truth().get() : text;
  }
}
