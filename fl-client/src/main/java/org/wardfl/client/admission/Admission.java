package org.wardfl.client.admission;

import java.nio.file.Path;
import org.wardfl.client.job.SignedJob;
import org.wardfl.client.policy.PolicyBasis;

/// Whether a job is let in.
public sealed interface Admission {

  /// It is.
  ///
  /// @param job as its submitter signed it; what the server says about it does not count
  /// @param folder its files, for reading only
  /// @param basis the site's file by which it was allowed, and the rule
  record Admitted(SignedJob job, Path folder, PolicyBasis basis) implements Admission {}

  /// It is when somebody at the site has approved it.
  ///
  /// @param reason one sentence that may leave the site
  record Waiting(String reason) implements Admission {}

  /// It is not.
  ///
  /// @param reason one sentence that may leave the site: no path, no patient
  record Refused(String reason) implements Admission {}
}
