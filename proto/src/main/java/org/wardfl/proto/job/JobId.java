package org.wardfl.proto.job;

import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import java.util.random.RandomGenerator;
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

  /// A new id that sorts by time: a UUID of version 7 (RFC 9562 section 5.7).
  ///
  /// @param time its first 48 bits, in milliseconds
  /// @param random the rest
  public static JobId create(Instant time, RandomGenerator random) {
    long high = (time.toEpochMilli() << 16) | 0x7000 | random.nextInt(1 << 12);
    long low = (random.nextLong() >>> 2) | Long.MIN_VALUE;
    return new JobId(new UUID(high, low).toString());
  }

  @Override
  public String toString() {
    return value;
  }
}
