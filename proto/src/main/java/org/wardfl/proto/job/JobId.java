package org.wardfl.proto.job;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.List;
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

  /// The id that a submitter's token stands for: the same for the same two, and for nobody else. In
  /// the form of version 7, whose first bits are no time here.
  ///
  /// @param submitter the certified name of whoever submits
  /// @param token what the submitter calls the submission by
  public static JobId ofToken(String submitter, String token) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      digest.update("ward job token".getBytes(StandardCharsets.UTF_8));
      for (var part : List.of(submitter, token)) {
        var bytes = part.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
        digest.update(bytes);
      }
      var hash = ByteBuffer.wrap(digest.digest());
      long high = (hash.getLong() & ~0xf000L) | 0x7000;
      long low = (hash.getLong() >>> 2) | Long.MIN_VALUE;
      return new JobId(new UUID(high, low).toString());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
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
