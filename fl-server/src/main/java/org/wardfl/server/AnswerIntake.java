package org.wardfl.server;

import java.io.IOException;
import java.util.Optional;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.job.WorkflowDefinition;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.proto.task.TaskOutcome;
import org.wardfl.proto.task.Verdict;
import org.wardfl.server.job.Answer;
import org.wardfl.server.job.Command;
import org.wardfl.server.store.BlobStore;

/// Takes what sites answer to their tasks: checks it, has it recorded, and says what became of it;
/// the same again for an answer that comes again.
///
/// Thread-safe. An answer is checked, which reads its file, on the thread of the call that brought
/// it and under no lock: whether it still counts is asked before, and decided after, under that of
/// the job. Its file is claimed until the job refers to it.
final class AnswerIntake {

  private final JobTable jobs;
  private final JobDriver driver;
  private final DeliveryCheck check;
  private final BlobStore blobs;

  AnswerIntake(JobTable jobs, JobDriver driver, DeliveryCheck check, BlobStore blobs) {
    this.jobs = jobs;
    this.driver = driver;
    this.check = check;
    this.blobs = blobs;
  }

  /// Takes one, as [Coordinator#deliver] says.
  Verdict take(SiteName site, TaskKey key, TaskOutcome outcome) throws IOException {
    if (!site.equals(key.site())) {
      return new Verdict.Refused(site + " delivered a task of " + key.site());
    }
    var known = jobs.find(key.job());
    if (known.isEmpty()) {
      return new Verdict.Obsolete("job " + key.job() + " is not known here");
    }
    var run = known.get();
    Optional<TaskAssignment> task;
    WorkflowDefinition workflow;
    run.lock.lock();
    try {
      var earlier = run.history.answer(key);
      if (earlier.isPresent()) {
        return repeated(earlier.get(), outcome);
      }
      task = run.openTask(key);
      if (task.isEmpty()) {
        return new Verdict.Obsolete(
            "nobody waits for round " + key.round() + " of job " + key.job() + " any more");
      }
      workflow = run.workflow();
    } finally {
      run.lock.unlock();
    }
    try (var _ = claim(outcome)) {
      var answer = check.check(task.get(), run.submitted.definition(), workflow, outcome);
      driver.record(run, new Command.Answered(key, answer));
    }
    run.lock.lock();
    try {
      return run.history
          .answer(key)
          .map(found -> repeated(found, outcome))
          .orElseGet(() -> new Verdict.Obsolete("the round was closed in the meantime"));
    } finally {
      run.lock.unlock();
    }
  }

  private BlobStore.Claim claim(TaskOutcome outcome) {
    return JobRun.file(outcome).map(blobs::claim).orElse(() -> {});
  }

  private static Verdict repeated(Answer answer, TaskOutcome outcome) {
    return switch (answer) {
      case Answer.Accepted(var accepted, _) ->
          accepted.equals(outcome)
              ? new Verdict.Accepted()
              : new Verdict.Obsolete("another result of this task was accepted before");
      case Answer.Refused(var reason) -> new Verdict.Refused(reason);
      case Answer.Failed _, Answer.Declined _ -> new Verdict.Accepted();
    };
  }
}
