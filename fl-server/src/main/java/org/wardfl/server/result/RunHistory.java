package org.wardfl.server.result;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.wardfl.aggregator.UpdateLikeness;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.proto.job.JobStatus;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.server.job.Answer;
import org.wardfl.server.job.Failure;
import org.wardfl.server.job.JobEvent;
import org.wardfl.server.job.RoundPlan;
import org.wardfl.server.job.Scores;

/// Collects a job's events into a [RunRecord]. Not thread-safe.
public final class RunHistory {

  private final JobEvent.Submitted submitted;
  private final List<Entry> entries = new ArrayList<>();
  private JobStatus status = JobStatus.SUBMITTED;
  private Optional<Failure> failure = Optional.empty();
  private Optional<String> abortedBy = Optional.empty();
  private Optional<Instant> started = Optional.empty();
  private Optional<Instant> finished = Optional.empty();
  private Optional<ModelHash> model = Optional.empty();
  private Optional<RunRecord.Best> best = Optional.empty();
  private Map<ModelHash, ModelHash> released = Map.of();

  /// A history that begins here.
  public RunHistory(JobEvent.Submitted submitted) {
    this.submitted = submitted;
  }

  /// A round while it is collected.
  private static final class Entry {
    private final int workflow;
    private final RoundPlan plan;
    private final Instant opened;
    private final Map<TaskKey, Answer> answers = new HashMap<>();
    private final SortedMap<String, ModelHash> published = new TreeMap<>();
    private final Map<String, SortedMap<SiteName, Double>> weights = new HashMap<>();
    private Optional<Instant> closed = Optional.empty();
    private SortedMap<SiteName, UpdateLikeness> likeness = Collections.emptySortedMap();

    Entry(int workflow, RoundPlan plan, Instant opened) {
      this.workflow = workflow;
      this.plan = plan;
      this.opened = opened;
    }
  }

  /// Adds the next event.
  public void add(JobEvent event) {
    switch (event) {
      case JobEvent.Submitted _ -> throw new IllegalStateException("a job is submitted once");
      case JobEvent.Started(var at) -> {
        status = JobStatus.RUNNING;
        started = Optional.of(at);
      }
      case JobEvent.SitesTaken _ -> {
        // Who did what stands in the rounds.
      }
      case JobEvent.RoundOpened(var workflow, var plan, var at) ->
          entries.add(new Entry(workflow, plan, at));
      case JobEvent.TaskAnswered(var task, var answer, _) ->
          entries.getLast().answers.put(task, answer);
      case JobEvent.RoundClosed(_, var at) -> entries.getLast().closed = Optional.of(at);
      case JobEvent.ModelPublished(var track, var hash, var weights, _) -> {
        if (!entries.isEmpty()) {
          entries.getLast().published.put(track, hash);
          entries.getLast().weights.put(track, weights);
        }
        if (track.equals(TaskAssignment.GLOBAL)) {
          model = Optional.of(hash);
        }
      }
      case JobEvent.UpdatesCompared(var track, var likeness, _) -> {
        if (track.equals(TaskAssignment.GLOBAL)) {
          entries.getLast().likeness = likeness;
        }
      }
      case JobEvent.BestModelChosen(var track, var round, var hash, var value, _) -> {
        if (track.equals(TaskAssignment.GLOBAL)) {
          best = Optional.of(new RunRecord.Best(round, hash, value));
        }
      }
      case JobEvent.Ended(var end, var why, var by, var at) -> {
        status = end;
        abortedBy = by;
        failure = why;
        finished = Optional.of(at);
      }
      case JobEvent.Deleted _ -> {
        // What is deleted is not shown.
      }
    }
  }

  /// Models were released in another form than the sites worked with.
  ///
  /// @param files by the hash of the file that each was made of, its own hash
  public void released(Map<ModelHash, ModelHash> files) {
    released = Map.copyOf(files);
  }

  /// What became of a task, if it was answered.
  public Optional<Answer> answer(TaskKey task) {
    // A round may have several entries, one after the other: the first model's, made anew.
    for (int i = entries.size() - 1; i >= 0; i--) {
      var entry = entries.get(i);
      if (entry.plan.round() < task.round()) {
        break;
      }
      var answer = entry.answers.get(task);
      if (answer != null) {
        return Optional.of(answer);
      }
    }
    return Optional.empty();
  }

  /// The record so far.
  public RunRecord record(RunRecord.Environment environment) {
    return new RunRecord(
            submitted.id(),
            submitted.definition(),
            submitted.submitter(),
            status,
            failure,
            abortedBy,
            submitted.at(),
            started,
            finished,
            environment,
            model,
            best,
            entries.stream().map(RunHistory::round).toList())
        .released(released);
  }

  private static RunRecord.Round round(Entry entry) {
    var received = new TreeMap<String, ModelHash>();
    var means = new TreeMap<String, SortedMap<String, Double>>();
    var tasks = new ArrayList<RunRecord.Task>();
    for (var task : entry.plan.tasks()) {
      task.model().ifPresent(hash -> received.put(task.track(), hash));
      var answer = Optional.ofNullable(entry.answers.get(task.key()));
      SortedMap<SiteName, Double> weights =
          entry.weights.getOrDefault(task.track(), Collections.emptySortedMap());
      tasks.add(
          new RunRecord.Task(
              task.key().site(),
              task.track(),
              answer,
              weights.getOrDefault(task.key().site(), 0.0)));
    }
    for (var track : received.keySet()) {
      var mean = Scores.mean(entry.plan, entry.answers, track);
      if (!mean.isEmpty()) {
        means.put(track, mean);
      }
    }
    return new RunRecord.Round(
        entry.plan.round(),
        entry.plan.kind(),
        entry.opened,
        entry.closed,
        received,
        entry.published,
        means,
        tasks,
        entry.workflow,
        entry.likeness);
  }
}
