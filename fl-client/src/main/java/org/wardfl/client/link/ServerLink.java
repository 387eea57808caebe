package org.wardfl.client.link;

import java.nio.file.Path;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.task.DesiredState;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.proto.task.TaskOutcome;
import org.wardfl.proto.task.Verdict;

/// What the agent needs of the server, whatever lies between them. Safe for many threads; every
/// call may be repeated.
public interface ServerLink {

  /// What the server wants of this site, as far as it is known here.
  DesiredState desired();

  /// Registers an action that runs whenever the desired state changes; it must not block.
  void watch(Runnable onChange);

  /// Brings a model file here.
  ///
  /// @param model its hash, which the bytes are checked against
  /// @param target does not exist yet
  /// @throws LinkException if it cannot be had now
  void fetch(ModelHash model, Path target) throws LinkException;

  /// Brings an update to the server.
  ///
  /// @param update the file's hash
  /// @param file stays where it is
  /// @throws LinkException if it cannot be taken now
  void store(ModelHash update, Path file) throws LinkException;

  /// Delivers an answer; the file that it names is stored already.
  ///
  /// @throws LinkException if there is no verdict yet
  Verdict deliver(TaskKey task, TaskOutcome outcome) throws LinkException;

  /// The folder with a job's files, read-only.
  ///
  /// @throws LinkException if it cannot be had now
  Path jobFolder(JobId job) throws LinkException;
}
