package org.wardfl.algo.model;

import java.util.Objects;
import java.util.regex.Pattern;

/// The name of a model file: the SHA-256 of its bytes.
///
/// @param hex 64 lower-case hexadecimal digits
public record ModelHash(String hex) {

  private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}");

  /// Checks the form.
  ///
  /// @throws IllegalArgumentException if it is not 64 lower-case hexadecimal digits
  public ModelHash {
    Objects.requireNonNull(hex, "hex");
    if (!FORM.matcher(hex).matches()) {
      throw new IllegalArgumentException("not a SHA-256 in hexadecimal: '" + hex + "'");
    }
  }

  @Override
  public String toString() {
    return hex;
  }
}
