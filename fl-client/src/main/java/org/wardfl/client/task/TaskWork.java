package org.wardfl.client.task;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardfl.algo.AbortCause;
import org.wardfl.algo.DataStats;
import org.wardfl.algo.model.Durability;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.model.ModelFileException;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.algo.run.TaskResult;
import org.wardfl.algo.tensor.TensorSource;
import org.wardfl.client.audit.SiteAudit;
import org.wardfl.client.filter.FilterRefusalException;
import org.wardfl.client.filter.UpdateFilter;
import org.wardfl.client.host.AlgorithmHost;
import org.wardfl.client.host.HostedTask;
import org.wardfl.client.link.LinkException;
import org.wardfl.client.link.ServerLink;
import org.wardfl.client.policy.PolicyBasis;
import org.wardfl.client.policy.SitePolicy;
import org.wardfl.client.state.ResultStore;
import org.wardfl.client.statistics.StatisticsRelease;
import org.wardfl.proto.WireException;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.task.DesiredState;
import org.wardfl.proto.task.ObservedState;
import org.wardfl.proto.task.ObservedState.Activity;
import org.wardfl.proto.task.StatisticsCodec;
import org.wardfl.proto.task.StatisticsTask;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskOutcome;
import org.wardfl.proto.task.Verdict;

/// One task from its assignment to the server's verdict: policy, model, algorithm, filters, store,
/// delivery.
final class TaskWork {

  private static final Logger LOG = LoggerFactory.getLogger(TaskWork.class);
  // Never from the job's seed: who knows that could take the noise off again.
  private static final SecureRandom NOISE = new SecureRandom();
  private static final Duration FIRST_RETRY = Duration.ofMillis(100);
  private static final Duration LAST_RETRY = Duration.ofSeconds(5);

  private final Tools tools;
  private final DesiredState.DesiredJob desired;
  private final TaskAssignment task;
  private final Runnable onChange;
  private @Nullable AbortCause aborted;
  private AlgorithmHost.@Nullable Run current;
  private @Nullable Thread thread;
  private volatile Activity activity = Activity.FETCHING;
  private volatile boolean late;

  /// What every task of an agent works with.
  record Tools(
      ServerLink link,
      JobFiles jobs,
      SitePolicy policy,
      AlgorithmHost host,
      ResultStore results,
      Permits permits,
      SiteAudit audit) {}

  TaskWork(Tools tools, DesiredState.DesiredJob desired, TaskAssignment task, Runnable onChange) {
    this.onChange = onChange;
    this.tools = tools;
    this.desired = desired;
    this.task = task;
  }

  void run() {
    synchronized (this) {
      thread = Thread.currentThread();
    }
    try {
      var stored = tools.results().find(task.key());
      if (stored.isPresent()) {
        deliver(isSame(stored.get().task()) ? stored.get() : anotherModel());
      } else {
        var made = made();
        if (made.isPresent()) {
          deliver(made.get());
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      synchronized (this) {
        thread = null;
      }
    }
  }

  private boolean isSame(TaskAssignment done) {
    return done.model().equals(task.model()) && done.parameters().equals(task.parameters());
  }

  /// What the task is at.
  ObservedState.ObservedTask observed() {
    return new ObservedState.ObservedTask(task.key(), activity, 0);
  }

  /// Whether its algorithm runs, or its result is on its way.
  boolean isRunning() {
    return activity != Activity.FETCHING;
  }

  /// Whether the server had no use for the answer any more.
  boolean isLate() {
    return late;
  }

  private void enter(Activity next) {
    activity = next;
    onChange.run();
  }

  synchronized void abort(AbortCause cause) {
    if (aborted != null) {
      return;
    }
    aborted = cause;
    if (current != null) {
      current.abort(cause);
    } else if (thread != null) {
      thread.interrupt();
    }
  }

  /// Whether it was stopped.
  synchronized boolean isAborted() {
    return aborted != null;
  }

  /// Whether it was stopped and its algorithm has not ended yet.
  synchronized boolean isStopping() {
    return aborted != null && current != null;
  }

  private ResultStore.Stored anotherModel() {
    return refused(
        "this task was done already, from another model or with other parameters",
        PolicyBasis.NONE);
  }

  /// Refuses the task by itself, and keeps no result of it.
  private ResultStore.Stored refused(String reason, PolicyBasis basis) {
    tools.audit().refused(task, basis, reason);
    return unstored(new TaskOutcome.Declined(reason));
  }

  /// What was done does not leave.
  private TaskOutcome declined(String reason) {
    tools.audit().refused(task, PolicyBasis.NONE, reason);
    return new TaskOutcome.Declined(reason);
  }

  private ResultStore.Stored unstored(TaskOutcome outcome) {
    return new ResultStore.Stored(task, outcome, Optional.empty(), Optional.empty());
  }

  /// What came of an attempt to do the task.
  private sealed interface Attempt {}

  /// It is over.
  ///
  /// @param stored the answer; empty if it was stopped, so that there is none
  private record Over(Optional<ResultStore.Stored> stored) implements Attempt {}

  /// The site holds it back for now.
  private record Held() implements Attempt {}

  /// Does the task as soon as the job is let in, the site does not hold it back and there is a
  /// place; empty if it was stopped, so that there is nothing to answer.
  private Optional<ResultStore.Stored> made() throws InterruptedException {
    if (tools.results().isPast(task)) {
      return Optional.of(
          refused("round " + task.key().round() + " is long over at this site", PolicyBasis.NONE));
    }
    while (true) {
      long seen = tools.policy().changeCount();
      switch (attempt()) {
        case Over(var stored) -> {
          return stored;
        }
        case Held _ -> {
          enter(Activity.FETCHING);
          tools.policy().await(seen);
        }
      }
    }
  }

  private Attempt attempt() throws InterruptedException {
    return switch (retry("fetch the job", () -> tools.jobs().admit(desired))) {
      case JobFiles.Refused(var reason) ->
          new Over(Optional.of(unstored(new TaskOutcome.Declined(reason))));
      case JobFiles.Waiting _ -> new Held();
      case JobFiles.Admitted admitted -> attempt(admitted);
    };
  }

  private Attempt over(String reason, PolicyBasis basis) {
    return new Over(Optional.of(refused(reason, basis)));
  }

  private Attempt attempt(JobFiles.Admitted job) throws InterruptedException {
    var resources = job.definition().resources();
    if (!tools.permits().canGive(resources)) {
      return over(
          "the job asks for " + resources.gpus() + " GPUs, more than this site gives",
          PolicyBasis.NONE);
    }
    try (var permit = tools.permits().acquire(resources)) {
      return isAborted() ? new Over(Optional.empty()) : make(job, permit.gpus());
    }
  }

  private Attempt make(JobFiles.Admitted job, List<Integer> gpus) throws InterruptedException {
    return switch (tools.policy().before(job.definition(), task)) {
      case SitePolicy.Declined(var reason, var basis) -> over(reason, basis);
      case SitePolicy.Held _ -> new Held();
      case SitePolicy.Permitted(var dataset, var basis) -> {
        recorded(() -> tools.audit().begins(task, job.definition().study(), basis));
        try {
          yield new Over(work(job, dataset, gpus));
        } catch (IOException e) {
          LOG.atError()
              .addKeyValue("task", task.key())
              .setCause(e)
              .log("a file of the agent cannot be written");
          yield new Over(
              Optional.of(
                  unstored(
                      new TaskOutcome.Failed(
                          "agent", "the site's agent cannot write its files: " + reason(e)))));
        }
      }
    };
  }

  /// What may leave the site: no path.
  private static String reason(IOException e) {
    var reason = e instanceof FileSystemException file ? file.getReason() : e.getMessage();
    return reason == null || reason.contains("/") ? e.getClass().getSimpleName() : reason;
  }

  private Optional<ResultStore.Stored> work(
      JobFiles.Admitted job, Optional<Path> dataset, List<Integer> gpus)
      throws IOException, InterruptedException {
    var work = tools.results().begin(task.key());
    try {
      Optional<Path> model = Optional.empty();
      if (task.model().isPresent()) {
        model = Optional.of(fetch(work.received()));
      }
      var hosted =
          new HostedTask(
              job.definition(),
              task,
              dataset,
              job.folder(),
              work.scratch(),
              model,
              tools.results().stateBefore(task),
              work.update(),
              work.state(),
              gpus,
              tools.policy().python(),
              tools.policy().settings(job.definition().algorithm()),
              tools.policy().limits(job.definition()));
      var samples =
          SampleKeeping.of(tools.policy(), job.definition().algorithm(), task, work.scratch());
      enter(Activity.RUNNING);
      var outcome = outcome(host(hosted), job.definition(), work);
      if (outcome.isEmpty()) {
        tools.results().discard(work);
        return Optional.empty();
      }
      if (outcome.get() instanceof TaskOutcome.Evaluated) {
        samples.keep();
      }
      return Optional.of(tools.results().commit(work, task, outcome.get()));
    } catch (InterruptedException | IOException e) {
      tools.results().discard(work);
      throw e;
    }
  }

  /// Runs the task; a process that died is tried once more.
  private AlgorithmHost.Outcome host(HostedTask hosted) {
    var first = host(tools.host().prepare(hosted));
    return first instanceof AlgorithmHost.Died && !isAborted()
        ? host(tools.host().prepare(hosted))
        : first;
  }

  private AlgorithmHost.Outcome host(AlgorithmHost.Run run) {
    synchronized (this) {
      if (aborted != null) {
        return new AlgorithmHost.Finished(new TaskResult.Aborted(aborted, false));
      }
      current = run;
    }
    try {
      return run.run();
    } finally {
      synchronized (this) {
        current = null;
      }
    }
  }

  private Optional<TaskOutcome> outcome(
      AlgorithmHost.Outcome outcome, JobDefinition job, ResultStore.Work work) throws IOException {
    return switch (outcome) {
      case AlgorithmHost.Died(var reason) ->
          isAborted() ? Optional.empty() : Optional.of(new TaskOutcome.Failed("process", reason));
      case AlgorithmHost.Ended(var reason) ->
          isAborted() ? Optional.empty() : Optional.of(new TaskOutcome.Failed("process", reason));
      case AlgorithmHost.Finished(var result) ->
          switch (result) {
            case TaskResult.Aborted _ -> Optional.empty();
            case TaskResult.Failed(var phase, var message, var detail) -> {
              LOG.atWarn()
                  .addKeyValue("task", task.key())
                  .addKeyValue("phase", phase.word())
                  .addKeyValue("reason", message)
                  .log("the algorithm failed");
              // A stack trace may quote the data.
              LOG.atDebug()
                  .addKeyValue("task", task.key())
                  .addKeyValue("detail", detail)
                  .log("where the algorithm failed");
              yield Optional.of(new TaskOutcome.Failed(phase.word(), message));
            }
            case TaskResult.Initialized(var model, var bytes) ->
                Optional.of(new TaskOutcome.Initialized(new TaskOutcome.UpdateFile(model, bytes)));
            case TaskResult.Evaluated(var metrics) ->
                Optional.of(new TaskOutcome.Evaluated(metrics));
            case TaskResult.Described(var statistics) -> Optional.of(described(statistics, job));
            case TaskResult.Trained trained -> Optional.of(filtered(trained, job, work));
          };
    };
  }

  /// The site's own filters, last, outside the reach of the job's code.
  private TaskOutcome filtered(TaskResult.Trained trained, JobDefinition job, ResultStore.Work work)
      throws IOException {
    var names = new ArrayList<String>();
    job.filters().forEach(filter -> names.add(filter.type() + filter.arguments().values()));
    var file = new TaskOutcome.UpdateFile(trained.update(), trained.sizeBytes());
    List<UpdateFilter> filters;
    try {
      filters = tools.policy().after(job);
    } catch (FilterRefusalException e) {
      return new TaskOutcome.Declined(String.valueOf(e.getMessage()));
    }
    if (!filters.isEmpty()) {
      try {
        file = rewrite(filters, trained, work);
      } catch (FilterRefusalException e) {
        return declined("a filter of this site cannot apply: " + e.getMessage());
      } catch (ModelFileException e) {
        return new TaskOutcome.Failed("filter", "the update is no model file: " + e.getMessage());
      }
      filters.forEach(filter -> names.add(filter.description()));
    }
    return new TaskOutcome.Trained(
        file, task.wanted(), trained.summary(), trained.received(), names);
  }

  /// What may leave of the statistics, decided outside the reach of the job's code.
  private TaskOutcome described(DataStats statistics, JobDefinition job) {
    var rules = tools.policy().statistics(job);
    if (rules.isEmpty()) {
      return declined("this site's policy cannot be read, so it tells nothing");
    }
    try {
      var asked = StatisticsTask.of(job, task);
      var released =
          new StatisticsRelease(
                  rules.get(), asked.definition().statistics(), asked.request(), NOISE)
              .of(statistics);
      return released.features().isEmpty()
          ? new TaskOutcome.Failed(
              "getDataStats", "the algorithm describes none of the features that the job asks for")
          : StatisticsCodec.fitting(new TaskOutcome.Described(released));
    } catch (WireException e) {
      return declined(String.valueOf(e.getMessage()));
    }
  }

  private TaskOutcome.UpdateFile rewrite(
      List<UpdateFilter> filters, TaskResult.Trained trained, ResultStore.Work work)
      throws IOException, FilterRefusalException, ModelFileException {
    var raw = work.update();
    var clean = work.filtered();
    try (var update = ModelFile.open(raw)) {
      TensorSource result = update;
      for (var filter : filters) {
        result = filter.apply(result, task.wanted(), trained.summary());
      }
      var hash = ModelWriter.write(result, clean, Durability.PROCESS);
      long size = Files.size(clean);
      Files.move(clean, raw, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      return new TaskOutcome.UpdateFile(hash, size);
    }
  }

  private Path fetch(Path target) throws InterruptedException {
    return retry(
        "fetch the model", () -> tools.link().fetchModel(task.model().orElseThrow(), target));
  }

  /// Stores and delivers until there is a verdict; the site works on while the server is away.
  private void deliver(ResultStore.Stored stored) throws InterruptedException {
    enter(Activity.DELIVERING);
    var file = ResultStore.file(stored.outcome());
    recorded(() -> tools.audit().leaves(task.key(), stored.outcome(), file));
    var verdict =
        retry(
            "deliver the result",
            () -> {
              if (file.isPresent() && stored.update().isPresent()) {
                var obstacle = store(file.get(), stored.update().get());
                if (obstacle.isPresent()) {
                  return tools.link().deliver(task.key(), obstacle.get());
                }
              }
              return tools.link().deliver(task.key(), stored.outcome());
            });
    switch (verdict) {
      case Verdict.Accepted _ ->
          LOG.atDebug().addKeyValue("task", task.key()).log("result accepted");
      case Verdict.Refused(var reason) ->
          LOG.atWarn()
              .addKeyValue("task", task.key())
              .addKeyValue("reason", reason)
              .log("result refused");
      case Verdict.Obsolete(var reason) -> {
        late = true;
        LOG.atDebug()
            .addKeyValue("task", task.key())
            .addKeyValue("reason", reason)
            .log("result came too late");
      }
    }
  }

  /// Brings the update to the server.
  ///
  /// @return what is answered instead if the server will never take it
  private Optional<TaskOutcome> store(ModelHash update, Path file)
      throws LinkException, InterruptedException {
    try {
      tools.link().store(task.key(), update, file);
      return Optional.empty();
    } catch (LinkException e) {
      if (e.isFinal()) {
        var why = e.refusal().orElseThrow().message();
        return Optional.of(
            new TaskOutcome.Failed("deliver", "the server refused the file: " + why));
      }
      throw e;
    }
  }

  /// A record without which the task does not go on.
  private interface Recording {
    void write() throws IOException;
  }

  /// Writes a record, as soon as the disk takes it.
  private void recorded(Recording entry) throws InterruptedException {
    retry(
        "write the audit log",
        () -> {
          try {
            entry.write();
            return entry;
          } catch (IOException e) {
            throw new LinkException("the audit log cannot be written: " + e.getMessage(), e);
          }
        });
  }

  /// A call to the server.
  private interface Call<T> {
    T call() throws LinkException, InterruptedException;
  }

  private <T> T retry(String what, Call<T> call) throws InterruptedException {
    var wait = FIRST_RETRY;
    while (true) {
      if (isAborted()) {
        throw new InterruptedException("aborted");
      }
      try {
        return call.call();
      } catch (LinkException e) {
        LOG.atInfo()
            .addKeyValue("task", task.key())
            .addKeyValue("what", what)
            .setCause(e)
            .log("not possible now; tried again");
        Thread.sleep(wait);
        wait = wait.multipliedBy(2).compareTo(LAST_RETRY) < 0 ? wait.multipliedBy(2) : LAST_RETRY;
      }
    }
  }
}
