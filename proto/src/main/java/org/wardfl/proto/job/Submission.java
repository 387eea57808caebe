package org.wardfl.proto.job;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.regex.Pattern;

/// What makes one submission of a job different from every other.
///
/// @param job the job's id, a UUID of version 7 (RFC 9562 section 5.7) that the submitter made
/// @param created when it was signed
/// @param expires from when on nobody takes it any more, at most 90 days later
/// @param nonce 32 lower-case hexadecimal digits, never used before
public record Submission(JobId job, Instant created, Instant expires, String nonce) {

  /// The longest time between signing and expiry.
  public static final Duration MAX_VALIDITY = Duration.ofDays(90);

  private static final Duration USUAL_WAIT = Duration.ofDays(14);

  private static final Pattern NONCE = Pattern.compile("[0-9a-f]{32}");
  private static final int VERSION_DIGIT = 14;
  private static final SecureRandom RANDOM = new SecureRandom();

  /// Checks.
  ///
  /// @throws IllegalArgumentException if a part is malformed, or the time is none or too long
  public Submission {
    if (job.value().charAt(VERSION_DIGIT) != '7') {
      throw new IllegalArgumentException("job id " + job + ", expected a UUID of version 7");
    }
    if (!NONCE.matcher(nonce).matches()) {
      throw new IllegalArgumentException("nonce, expected 32 lower-case hexadecimal digits");
    }
    if (!expires.isAfter(created) || expires.isAfter(created.plus(MAX_VALIDITY))) {
      throw new IllegalArgumentException(
          "created "
              + created
              + ", expires "
              + expires
              + ": expected a later time, at most "
              + MAX_VALIDITY.toDays()
              + " days later");
    }
  }

  /// How long a job may wait before it begins: two weeks, or its own deadline if that is longer.
  /// With a deadline of more than 45 days it is what [#MAX_VALIDITY] leaves beside the deadline.
  public static Duration longestWait(JobDefinition job) {
    var wait = longer(USUAL_WAIT, job.deadline());
    var left = longer(USUAL_WAIT, MAX_VALIDITY.minus(job.deadline()));
    return wait.compareTo(left) < 0 ? wait : left;
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? other : one;
  }

  /// A new submission of this job, from now on: for as long as the job may take, and the time in
  /// which it may wait for sites.
  public static Submission create(InstantSource clock, JobDefinition job) {
    var validity = job.deadline().plus(longestWait(job));
    return create(clock, validity.compareTo(MAX_VALIDITY) < 0 ? validity : MAX_VALIDITY);
  }

  /// The same for another job.
  public Submission withJob(JobId other) {
    return new Submission(other, created, expires, nonce);
  }

  /// A new submission, from now on.
  ///
  /// @param validity how long sites may begin or go on with the job
  public static Submission create(InstantSource clock, Duration validity) {
    var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    var nonce = new byte[16];
    RANDOM.nextBytes(nonce);
    return new Submission(
        JobId.create(now, RANDOM), now, now.plus(validity), HexFormat.of().formatHex(nonce));
  }
}
