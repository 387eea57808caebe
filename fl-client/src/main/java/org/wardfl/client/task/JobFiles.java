package org.wardfl.client.task;

import java.nio.file.Path;
import org.wardfl.client.link.LinkException;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.task.DesiredState;

/// Brings a job to this site and decides whether it is let in.
public interface JobFiles {

  /// Fetches, verifies and unpacks a job, or answers from what was done before. Safe for many
  /// threads.
  ///
  /// @param job as the server says
  /// @throws LinkException if it cannot be had now
  /// @throws InterruptedException if the thread is interrupted
  Decision admit(DesiredState.DesiredJob job) throws LinkException, InterruptedException;

  /// A job has ended here: its files may go.
  void end(org.wardfl.proto.job.JobId job);

  /// The answer.
  sealed interface Decision {}

  /// It is let in.
  ///
  /// @param definition the typed job, as its submitter signed it
  /// @param folder its files, read-only
  record Admitted(JobDefinition definition, Path folder) implements Decision {}

  /// It is when somebody at the site has approved it; asked again then, the answer is another.
  ///
  /// @param reason one sentence that may leave the site
  record Waiting(String reason) implements Decision {}

  /// It is not.
  ///
  /// @param reason one sentence that may leave the site
  record Refused(String reason) implements Decision {}
}
