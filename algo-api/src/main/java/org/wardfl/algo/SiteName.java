package org.wardfl.algo;

import java.util.Objects;
import java.util.regex.Pattern;

/// The name of a site (a hospital) in a federation, in FLARE's form for clients.
///
/// Sites are ordered by name wherever an order can show in a result, so a result never depends on
/// who came first.
///
/// @param value letters, digits, `-` and `_`, 1 to 63 characters
public record SiteName(String value) implements Comparable<SiteName> {

  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{1,63}");

  /// Checks the form.
  ///
  /// @throws IllegalArgumentException if the name has another form
  public SiteName {
    Objects.requireNonNull(value, "value");
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "not a site name: '" + value + "'; expected 1 to 63 letters, digits, '-' or '_'");
    }
  }

  @Override
  public int compareTo(SiteName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
