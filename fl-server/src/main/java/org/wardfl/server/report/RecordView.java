package org.wardfl.server.report;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.TrainSummary;
import org.wardfl.proto.job.WorkflowDefinition.KeyMetric;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskOutcome;
import org.wardfl.server.job.Answer;
import org.wardfl.server.job.Failure;
import org.wardfl.server.report.RunReport.Absence;
import org.wardfl.server.report.RunReport.AbsenceKind;
import org.wardfl.server.report.RunReport.Best;
import org.wardfl.server.report.RunReport.Contribution;
import org.wardfl.server.report.RunReport.Round;
import org.wardfl.server.report.RunReport.Site;
import org.wardfl.server.result.RunRecord;
import org.wardfl.server.result.RunRecord.Kind;
import org.wardfl.server.result.RunRecord.Task;

/// Draws from the record of a run what its report tells.
///
/// Scores are told by the training behind the scored model, not by the round in which the sites
/// scored it: the scores of round 1 belong to the initial model.
final class RecordView {

  private static final String ALONE = "alone/";

  private final RunRecord record;
  private final long trainings;
  private final Histories histories = new Histories();
  private final SortedMap<SiteName, long[]> samples = new TreeMap<>();
  private final List<Round> rounds = new ArrayList<>();
  private final List<Round> others = new ArrayList<>();

  private RecordView(RunRecord record) {
    this.record = record;
    this.trainings = record.rounds().stream().filter(round -> round.kind() == Kind.TRAIN).count();
    record.definition().sites().forEach(site -> samples.put(site, new long[2]));
  }

  /// The view of a record.
  static RunReport of(RunRecord record) {
    return new RecordView(record).report();
  }

  private RunReport report() {
    int trained = 0;
    for (var round : record.rounds()) {
      read(round, trained);
      trained += round.kind() == Kind.TRAIN ? 1 : 0;
    }
    var sites = new ArrayList<Site>();
    samples.forEach((site, counts) -> sites.add(new Site(site, counts[0], counts[1])));
    return new RunReport(
        record.definition().name(),
        record.status(),
        record.failure().map(RecordView::sentence),
        plannedRounds(),
        elapsed(),
        keyMetric(),
        record.best().map(best -> new Best(best.round(), best.value())),
        RunFacts.of(record),
        sites,
        histories.all(),
        rounds,
        others);
  }

  private void read(RunRecord.Round round, int trained) {
    round
        .means()
        .getOrDefault(TaskAssignment.GLOBAL, new TreeMap<>())
        .forEach((metric, mean) -> histories.mean(metric, trained, mean));
    var accepted = new TreeMap<SiteName, Contribution>();
    var absences = new ArrayList<Absence>();
    var asides = new ArrayList<Absence>();
    for (var task : round.tasks()) {
      var about = about(round.kind(), trained);
      boolean counts = round.kind() == Kind.TRAIN && task.track().equals(TaskAssignment.GLOBAL);
      switch (task.answer().orElse(null)) {
        case null -> {
          if (round.closed().isPresent()) {
            (counts ? absences : asides)
                .add(absence(about, task, AbsenceKind.LATE, "no answer before the round closed"));
          }
        }
        case Answer.Accepted(var outcome, var norm) -> {
          read(task, outcome, trained);
          if (counts && outcome instanceof TaskOutcome.Trained) {
            accepted.put(
                task.site(),
                new Contribution(
                    task.weight(),
                    OptionalDouble.of(norm),
                    Optional.ofNullable(round.likeness().get(task.site()))));
          }
        }
        case Answer.Refused(var reason) ->
            (counts ? absences : asides).add(absence(about, task, AbsenceKind.REFUSED, reason));
        case Answer.Failed(var phase, var reason) ->
            (counts ? absences : asides)
                .add(absence(about, task, AbsenceKind.FAILED, phase + ": " + reason));
        case Answer.Declined(var reason) ->
            (counts ? absences : asides).add(absence(about, task, AbsenceKind.DECLINED, reason));
      }
    }
    if (round.kind() == Kind.TRAIN) {
      rounds.add(new Round(round.round(), accepted, absences, round.twins()));
    }
    if (!asides.isEmpty()) {
      others.add(new Round(round.round(), new TreeMap<>(), asides));
    }
  }

  private void read(Task task, TaskOutcome outcome, int trained) {
    switch (outcome) {
      case TaskOutcome.Trained done -> {
        scores(task, done.received(), trained);
        summary(task, done.summary(), trained + 1);
      }
      case TaskOutcome.Evaluated done -> scores(task, done.metrics(), trained);
      case TaskOutcome.Initialized _,
          TaskOutcome.Described _,
          TaskOutcome.Declined _,
          TaskOutcome.Failed _ -> {}
    }
  }

  private void scores(Task task, Metrics metrics, int trained) {
    if (task.track().equals(TaskAssignment.GLOBAL)) {
      metrics.values().forEach((name, value) -> histories.site(name, task.site(), trained, value));
      if (metrics.samples() > 0) {
        counts(task.site())[1] = metrics.samples();
      }
    } else if (task.track().equals(ALONE + task.site())) {
      metrics.values().forEach((name, value) -> histories.alone(name, task.site(), trained, value));
    }
  }

  private void summary(Task task, TrainSummary summary, int trained) {
    if (task.track().equals(TaskAssignment.GLOBAL)) {
      counts(task.site())[0] = summary.samples();
      summary
          .values()
          .forEach((name, value) ->
              histories.training(name, task.site(), trained, value, summary.samples()));
    }
  }

  private long[] counts(SiteName site) {
    return samples.computeIfAbsent(site, _ -> new long[2]);
  }

  private String about(Kind kind, int trained) {
    return switch (kind) {
      case INITIAL -> "initial model: ";
      case EVALUATE -> trained < trainings ? "evaluation: " : "final evaluation: ";
      case CROSS_SITE -> "cross-site evaluation: ";
      case STATISTICS -> "statistics: ";
      case TRAIN -> "";
    };
  }

  private static Absence absence(String about, Task task, AbsenceKind kind, String reason) {
    var own = task.track().equals(TaskAssignment.GLOBAL) ? "" : "its own model: ";
    return new Absence(task.site(), kind, about + own + reason);
  }

  private int plannedRounds() {
    return Math.toIntExact(record.definition().rounds());
  }

  private Optional<KeyMetric> keyMetric() {
    return record.definition().workflows().stream()
        .flatMap(workflow -> workflow.keyMetric().stream())
        .findFirst();
  }

  private Duration elapsed() {
    return record.started().isPresent() && record.finished().isPresent()
        ? Duration.between(record.started().get(), record.finished().get())
        : Duration.ZERO;
  }

  private static String sentence(Failure failure) {
    var site = failure.site().map(name -> name + ", ").orElse("");
    return site + failure.phase() + ": " + failure.reason();
  }
}
