package org.wardfl.client.policy;

import java.util.Optional;
import org.wardfl.client.job.SignedJob;
import org.wardfl.proto.job.JobId;

/// What people at the site have decided beside its file. Safe for many threads.
public interface LocalDecisions {

  /// Nobody has decided anything.
  LocalDecisions NONE =
      new LocalDecisions() {
        @Override
        public boolean isApproved(SignedJob job) {
          return false;
        }

        @Override
        public boolean hasLeft(JobId job) {
          return false;
        }

        @Override
        public Optional<String> pausedBy() {
          return Optional.empty();
        }
      };

  /// Whether somebody has approved this job, exactly as it was signed.
  boolean isApproved(SignedJob job);

  /// Whether somebody has taken this site out of a job.
  boolean hasLeft(JobId job);

  /// Who has paused the site; empty if nobody has.
  Optional<String> pausedBy();
}
