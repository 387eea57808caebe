package org.wardfl.algo.bundle;

import java.util.Set;
import java.util.regex.Pattern;

/// Plain scalars of YAML as Python reads them: YAML 1.1 in the form of PyYAML, whose rules MONAI's
/// users have (`yes` is true, `1e-4` is a text, `1.0e-4` is a number).
final class Scalars {

  private static final Set<String> NOTHING = Set.of("", "~", "null", "Null", "NULL");
  private static final Set<String> TRUE =
      Set.of("yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON");
  private static final Set<String> FALSE =
      Set.of("no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF");
  private static final Pattern DECIMAL = Pattern.compile("[-+]?(0|[1-9][0-9_]*)");
  private static final Pattern OCTAL = Pattern.compile("[-+]?0[0-7_]+");
  private static final Pattern HEXADECIMAL = Pattern.compile("[-+]?0x[0-9a-fA-F_]+");
  private static final Pattern BINARY = Pattern.compile("[-+]?0b[01_]+");
  private static final Pattern REAL =
      Pattern.compile(
          "[-+]?[0-9][0-9_]*\\.[0-9_]*([eE][-+][0-9]+)?|[-+]?\\.[0-9][0-9_]*([eE][-+][0-9]+)?");
  private static final Pattern INFINITE = Pattern.compile("[-+]?\\.(inf|Inf|INF)");

  private Scalars() {}

  static Node plain(String text) {
    if (NOTHING.contains(text)) {
      return new Node.Nothing();
    }
    if (TRUE.contains(text) || FALSE.contains(text)) {
      return new Node.Truth(TRUE.contains(text));
    }
    var digits = text.replace("_", "");
    if (DECIMAL.matcher(text).matches()) {
      return number(digits.startsWith("+") ? digits.substring(1) : digits, true);
    }
    try {
      if (HEXADECIMAL.matcher(text).matches()) {
        return new Node.Whole(Long.parseLong(digits.replaceFirst("0x", ""), 16));
      }
      if (BINARY.matcher(text).matches()) {
        return new Node.Whole(Long.parseLong(digits.replaceFirst("0b", ""), 2));
      }
      if (OCTAL.matcher(text).matches()) {
        return new Node.Whole(Long.parseLong(digits, 8));
      }
    } catch (NumberFormatException _) {
      return new Node.Text(text);
    }
    if (REAL.matcher(text).matches()) {
      return new Node.Real(Double.parseDouble(digits));
    }
    if (INFINITE.matcher(text).matches()) {
      return new Node.Real(
          text.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
    }
    return text.matches("\\.(nan|NaN|NAN)") ? new Node.Real(Double.NaN) : new Node.Text(text);
  }

  /// A number; a whole one beyond 64 bits becomes the nearest floating-point number.
  static Node number(String digits, boolean isWhole) {
    if (isWhole) {
      try {
        return new Node.Whole(Long.parseLong(digits));
      } catch (NumberFormatException _) {
        return new Node.Real(Double.parseDouble(digits));
      }
    }
    return new Node.Real(Double.parseDouble(digits));
  }
}
