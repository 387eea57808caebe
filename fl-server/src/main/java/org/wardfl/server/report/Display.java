package org.wardfl.server.report;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Locale;

/// How numbers are shown to people.
final class Display {

  private Display() {}

  /// About four significant digits: `0.9973`, `12.34`, `1234`, `1.2e-7`.
  static String number(double value) {
    double size = Math.abs(value);
    if (size == 0) {
      return "0";
    }
    if (size < 1e-4 || size >= 1e7) {
      return String.format(Locale.ROOT, "%.2e", value);
    }
    int decimals = Math.clamp(3 - (int) Math.floor(Math.log10(size)), 0, 4);
    return BigDecimal.valueOf(value).setScale(decimals, RoundingMode.HALF_UP).toPlainString();
  }

  /// With a sign, for differences.
  static String difference(double value) {
    var shown = number(Math.abs(value));
    return value < 0 ? "−" + shown : value > 0 ? "+" + shown : shown;
  }

  /// A whole number with its digits in groups.
  static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /// A count and its noun, in the plural unless there is one.
  static String count(long value, String noun) {
    return count(value) + " " + noun + (value == 1 ? "" : "s");
  }

  /// Such as `850 ms`, `9.4 s`, `12 min 30 s` or `3 h 5 min`.
  static String duration(Duration time) {
    if (time.toSeconds() < 1) {
      return time.toMillis() + " ms";
    }
    if (time.toMinutes() < 1) {
      return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
    }
    if (time.toHours() < 1) {
      return time.toMinutes() + " min " + time.toSecondsPart() + " s";
    }
    return time.toHours() + " h " + time.toMinutesPart() + " min";
  }

  /// A coordinate: two decimals are a hundredth of a pixel.
  static String coordinate(double value) {
    var shown = String.format(Locale.ROOT, "%.2f", value);
    int end = shown.length();
    while (shown.charAt(end - 1) == '0') {
      end--;
    }
    if (shown.charAt(end - 1) == '.') {
      end--;
    }
    return shown.substring(0, end);
  }

  /// A share as people read it.
  static String share(double fraction) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * fraction);
  }

  /// A position within a plot, in percent of its width or height.
  static String percent(double fraction) {
    return coordinate(100 * fraction) + "%";
  }
}
