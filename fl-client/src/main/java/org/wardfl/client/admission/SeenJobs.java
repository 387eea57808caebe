package org.wardfl.client.admission;

import java.io.IOException;
import java.time.Instant;
import org.wardfl.proto.job.JobId;

/// The jobs that were let in here before, so that none is let in again: kept until they expire,
/// because an expired one is refused anyway. Safe for many threads.
public interface SeenJobs {

  /// Whether a job of this id, or one with this nonce, is remembered.
  boolean contains(JobId job, String nonce);

  /// Remembers a job, durably when it returns; one that is remembered already stays so.
  ///
  /// @param expires until when
  /// @throws IOException if it cannot be made durable; the job is then not let in
  void remember(JobId job, String nonce, Instant expires) throws IOException;
}
