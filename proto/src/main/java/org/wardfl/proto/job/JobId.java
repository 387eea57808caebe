package org.wardfl.proto.job;

import java.util.Objects;
import java.util.regex.Pattern;

/// Identifies a job; made by its submitter, so that a submission can be repeated.
///
/// @param value a UUID in lower case
public record JobId(String value) {

  private static final Pattern FORM = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  /// Checks the form.
  ///
  /// @throws IllegalArgumentException if it is not a UUID in lower case
  public JobId {
    Objects.requireNonNull(value, "value");
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "not a job id: '" + value + "'; expected a UUID in lower case");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
