package org.wardfl.client.policy;

import java.nio.file.Path;
import java.util.Optional;

/// What the site's file says to a job.
public sealed interface JobDecision {

  /// SHA-256 of the file that decided, 64 lower-case hexadecimal digits, for the audit record;
  /// empty if it could not be read.
  String policySha256();

  /// Which of its rules decided; the site's own people and its audit log may know it, nobody else.
  String rule();

  /// Both, for the audit record.
  default PolicyBasis basis() {
    return new PolicyBasis(policySha256(), rule());
  }

  /// The job may run here.
  ///
  /// @param policySha256 the file that decided
  /// @param rule which of its rules, for the audit record
  /// @param dataset where the job's dataset lies; empty for a job without data
  record Permitted(String policySha256, String rule, Optional<Path> dataset)
      implements JobDecision {}

  /// It may when somebody at the site has approved it.
  ///
  /// @param policySha256 the file that decided
  /// @param reason one sentence that may leave the site
  /// @param rule which of its rules
  record AwaitsApproval(String policySha256, String reason, String rule) implements JobDecision {}

  /// It may not.
  ///
  /// @param policySha256 the file that decided
  /// @param reason one sentence that may leave the site: no path, no patient, no other's name
  /// @param rule what the site's own people may know beyond that
  record Declined(String policySha256, String reason, String rule) implements JobDecision {}
}
