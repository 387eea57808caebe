package org.wardfl.client.link;

import java.nio.file.Path;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.proto.task.DesiredState;
import org.wardfl.proto.task.ObservedState;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.proto.task.TaskOutcome;
import org.wardfl.proto.task.Verdict;

/// What the agent needs of the server, whatever lies between them. Safe for many threads; every
/// call may be repeated.
public interface ServerLink {

  /// What the server wants of this site, as far as it is known here; of epoch 0 as long as nothing
  /// is known.
  DesiredState desired();

  /// Registers an action that runs whenever the desired state changes; it must not block.
  void watch(Runnable onChange);

  /// Tells what this site is doing, for people to look at.
  void observe(ObservedState state);

  /// Brings a file here: a model, a job's package.
  ///
  /// @param file its hash, which the bytes are checked against
  /// @param largest bytes that it may have; what is larger is not fetched to its end
  /// @param target does not exist yet
  /// @throws LinkException if it cannot be had now
  void fetch(ModelHash file, long largest, Path target) throws LinkException;

  /// Brings a model to where a task can read it.
  ///
  /// @param target does not exist yet
  /// @return the target, or where the model lies on this machine already; it is only read, and
  ///   stays there as long as the server wants the task
  /// @throws LinkException if it cannot be had now
  default Path fetchModel(ModelHash model, Path target) throws LinkException {
    fetch(model, Long.MAX_VALUE, target);
    return target;
  }

  /// Brings an update to the server.
  ///
  /// @param task which it answers
  /// @param update the file's hash
  /// @param file stays where it is
  /// @throws LinkException if it cannot be taken
  /// @throws InterruptedException if the thread is interrupted; what has arrived is kept there
  void store(TaskKey task, ModelHash update, Path file) throws LinkException, InterruptedException;

  /// Delivers an answer; the file that it names is stored already.
  ///
  /// @throws LinkException if there is no verdict yet
  Verdict deliver(TaskKey task, TaskOutcome outcome) throws LinkException;
}
