package org.wardfl.server.store;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.wardfl.aggregator.UpdateLikeness;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.DataStats;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.proto.job.AlgorithmDefinition;
import org.wardfl.proto.job.DataDefinition;
import org.wardfl.proto.job.FilterDefinition;
import org.wardfl.proto.job.InitialModel;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.job.JobStatus;
import org.wardfl.proto.job.PackageReference;
import org.wardfl.proto.job.ResourceRequest;
import org.wardfl.proto.job.WorkflowDefinition;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.proto.task.TaskOutcome;
import org.wardfl.server.federation.Membership;
import org.wardfl.server.job.Answer;
import org.wardfl.server.job.Failure;
import org.wardfl.server.job.JobEvent;
import org.wardfl.server.job.RoundPlan;
import org.wardfl.server.result.RunRecord;

/// The events of a journal in which every kind of event, answer and outcome occurs.
///
/// The fixture `journal-v1.db` was made of them by [#main]; they must not change, but for what
/// later versions add to them.
final class EveryEvent {

  static final Instant AT = Instant.parse("2026-11-24T00:00:00.123Z");
  static final SiteName SITE = new SiteName("hospital-a");
  static final SiteName RELEASED = new SiteName("hospital-b");
  static final UUID INSTANCE = UUID.fromString("3b1f6c1e-8f0c-4b5d-9c59-6d3a2a3f3f10");

  private EveryEvent() {}

  /// Writes the journal.
  ///
  /// @param arguments the file, which does not exist
  public static void main(String... arguments) throws Exception {
    try (var journal = SqliteEventStore.open(Path.of(arguments[0]))) {
      for (var job : jobs().entrySet()) {
        int sequence = 0;
        for (var event : job.getValue()) {
          var bytes = List.of(JobEventCodec.toBytes(event));
          journal.append("job-" + job.getKey(), sequence, 3, bytes);
          sequence++;
        }
      }
      var membership = Membership.open(journal, InstantSource.fixed(AT), 3);
      for (var site : List.of(SITE, RELEASED)) {
        if (membership.claim(site, INSTANCE, 4).isPresent()) {
          throw new IOException(site + " is somebody else");
        }
      }
      membership.release(RELEASED);
    }
  }

  /// By job: the first fails, the second completes, the third is aborted and deleted.
  static Map<JobId, List<JobEvent>> jobs() {
    var jobs = new TreeMap<JobId, List<JobEvent>>(java.util.Comparator.comparing(JobId::value));
    jobs.put(id(1), failed(id(1)));
    jobs.put(id(2), completed(id(2)));
    jobs.put(id(3), aborted(id(3)));
    return jobs;
  }

  /// What later versions added, by job.
  static Map<JobId, List<JobEvent>> later() {
    var id = id(4);
    return Map.of(
        id,
        List.of(
            new JobEvent.Submitted(
                id, definition(), "lead@hospital-a", Optional.empty(), Optional.empty(), AT),
            new JobEvent.SitesTaken(new TreeSet<>(List.of(SITE, RELEASED)), AT),
            new JobEvent.Started(AT.plusSeconds(2)),
            new JobEvent.UpdatesCompared(
                TaskAssignment.GLOBAL,
                new TreeMap<>(Map.of(SITE, new UpdateLikeness(-0.25, 1.5))),
                AT.plusSeconds(3)),
            new JobEvent.Ended(
                JobStatus.ABORTED, Optional.empty(), Optional.of("lead@hospital-a"), AT)));
  }

  private static List<JobEvent> failed(JobId id) {
    var sites = List.of("hospital-a", "hospital-b", "hospital-c", "hospital-d");
    var tasks = new ArrayList<TaskAssignment>();
    for (var site : sites) {
      tasks.add(task(id, 1, 0, site, TaskKind.TRAIN, TaskAssignment.GLOBAL));
    }
    tasks.add(task(id, 1, 1, "hospital-a", TaskKind.TRAIN, "alone/hospital-a"));
    var keys = tasks.stream().map(TaskAssignment::key).toList();
    var plan =
        new RoundPlan(
            RunRecord.Kind.TRAIN,
            1,
            tasks,
            new RoundPlan.Closing(
                1,
                new TreeSet<>(List.of(SITE)),
                Duration.ofMinutes(90),
                Optional.of(Duration.ofSeconds(30))),
            List.of(
                new RoundPlan.Reduction(TaskAssignment.GLOBAL, keys.subList(0, 4)),
                new RoundPlan.Reduction("alone/hospital-a", keys.subList(4, 5))));
    var trained =
        new TaskOutcome.Trained(
            new TaskOutcome.UpdateFile(hash(5), 1 << 30),
            WeightType.DIFF,
            new TrainSummary(12, 34, new TreeMap<>(Map.of("loss", 0.25))),
            metrics(),
            List.of("norm-clip{limit=1.5}"));
    return List.of(
        new JobEvent.Submitted(
            id,
            definition(),
            "lead@hospital-a",
            Optional.of(hash(1)),
            Optional.of(new PackageReference(hash(2), 4711)),
            AT),
        new JobEvent.Started(AT),
        new JobEvent.ModelPublished(TaskAssignment.GLOBAL, hash(1), new TreeMap<>(), AT),
        new JobEvent.RoundOpened(0, plan, AT.plusSeconds(1)),
        new JobEvent.TaskAnswered(keys.get(0), new Answer.Accepted(trained, 0.5), AT),
        new JobEvent.TaskAnswered(keys.get(1), new Answer.Refused("norm 9, at most 1"), AT),
        new JobEvent.TaskAnswered(keys.get(2), new Answer.Failed("train", "out of memory"), AT),
        new JobEvent.TaskAnswered(keys.get(3), new Answer.Declined("too few patients"), AT),
        new JobEvent.RoundClosed("early", AT.plusSeconds(40)),
        new JobEvent.ModelPublished(
            TaskAssignment.GLOBAL, hash(6), new TreeMap<>(Map.of(SITE, 12.0)), AT),
        new JobEvent.Ended(
            JobStatus.FAILED,
            Optional.of(new Failure(Optional.of(SITE), "round", "why")),
            Optional.empty(),
            AT));
  }

  private static List<JobEvent> completed(JobId id) {
    var first = task(id, 0, 0, "hospital-a", TaskKind.INITIAL, TaskAssignment.GLOBAL);
    var scored = task(id, 1, 0, "hospital-a", TaskKind.EVALUATE, TaskAssignment.GLOBAL);
    var made = new TaskOutcome.Initialized(new TaskOutcome.UpdateFile(hash(7), 99));
    return List.of(
        new JobEvent.Submitted(
            id, definition(), "lead@hospital-a", Optional.empty(), Optional.empty(), AT),
        new JobEvent.Started(AT),
        new JobEvent.RoundOpened(0, alone(RunRecord.Kind.INITIAL, first), AT),
        new JobEvent.TaskAnswered(first.key(), new Answer.Accepted(made, 0), AT),
        new JobEvent.RoundClosed("answered", AT),
        new JobEvent.ModelPublished(
            TaskAssignment.GLOBAL, hash(7), new TreeMap<>(Map.of(SITE, 1.0)), AT),
        new JobEvent.RoundOpened(1, alone(RunRecord.Kind.EVALUATE, scored), AT),
        new JobEvent.TaskAnswered(
            scored.key(), new Answer.Accepted(new TaskOutcome.Evaluated(metrics()), 0), AT),
        new JobEvent.RoundClosed("answered", AT),
        new JobEvent.BestModelChosen(0, hash(7), 0.75, AT),
        new JobEvent.Ended(JobStatus.COMPLETED, Optional.empty(), Optional.empty(), AT));
  }

  private static List<JobEvent> aborted(JobId id) {
    var described = task(id, 1, 0, "hospital-a", TaskKind.DATA_STATS, TaskAssignment.GLOBAL);
    var statistics = new DataStats(new TreeMap<>(Map.of("mean", -1.5)), 77);
    return List.of(
        new JobEvent.Submitted(
            id, definition(), "lead@hospital-a", Optional.empty(), Optional.empty(), AT),
        new JobEvent.Started(AT),
        new JobEvent.RoundOpened(0, alone(RunRecord.Kind.TRAIN, described), AT),
        new JobEvent.TaskAnswered(
            described.key(), new Answer.Accepted(new TaskOutcome.Described(statistics), 0), AT),
        new JobEvent.RoundClosed("deadline", AT),
        new JobEvent.Ended(JobStatus.ABORTED, Optional.empty(), Optional.of("lead@hospital-a"), AT),
        new JobEvent.Deleted("admin@hospital-a", AT.plusSeconds(9)));
  }

  private static RoundPlan alone(RunRecord.Kind kind, TaskAssignment task) {
    return new RoundPlan(
        kind,
        task.key().round(),
        List.of(task),
        new RoundPlan.Closing(0, new TreeSet<>(), Duration.ofHours(2), Optional.empty()),
        kind == RunRecord.Kind.INITIAL
            ? List.of(new RoundPlan.Reduction(TaskAssignment.GLOBAL, List.of(task.key())))
            : List.of());
  }

  private static TaskAssignment task(
      JobId id, int round, int step, String site, TaskKind kind, String track) {
    return new TaskAssignment(
        new TaskKey(id, round, step, new SiteName(site)),
        kind,
        kind == TaskKind.TRAIN || kind == TaskKind.EVALUATE
            ? Optional.of(hash(1))
            : Optional.empty(),
        3,
        kind == TaskKind.INITIAL ? WeightType.FULL : WeightType.DIFF,
        track);
  }

  private static JobDefinition definition() {
    var sites = new TreeSet<SiteName>();
    for (char letter = 'a'; letter <= 'd'; letter++) {
      sites.add(new SiteName("hospital-" + letter));
    }
    return new JobDefinition(
        "breast cancer",
        "oncology",
        sites,
        2,
        new TreeSet<>(List.of(SITE)),
        3,
        -7,
        List.of(
            new WorkflowDefinition.FedAvg(
                3,
                new WorkflowDefinition.Weighting.Given(Map.of(SITE, 2.5)),
                WeightType.DIFF,
                Optional.of(
                    new WorkflowDefinition.KeyMetric("accuracy", WorkflowDefinition.Direction.MAX)),
                Duration.ofMinutes(90),
                Optional.of(Duration.ofSeconds(30)),
                List.of("^head\\."),
                WorkflowDefinition.CounterRule.MAX,
                10,
                true),
            new WorkflowDefinition.FedAvg(
                1,
                new WorkflowDefinition.Weighting.Samples(),
                WeightType.FULL,
                Optional.empty(),
                Duration.ofHours(2),
                Optional.empty(),
                List.of(),
                WorkflowDefinition.CounterRule.KEEP,
                Double.POSITIVE_INFINITY,
                false)),
        new AlgorithmDefinition(
            "java",
            Optional.of("own.jar"),
            Optional.of("org.example.Own"),
            new Arguments(Map.of("layers", List.of(16L, 8L), "rate", 0.05, "deep", true))),
        new InitialModel.FromFile("first.safetensors"),
        new DataDefinition("breast-cancer", new Arguments(Map.of("format", "csv"))),
        List.of(new FilterDefinition("norm-clip", new Arguments(Map.of("limit", 1.5)))),
        new ResourceRequest(1, 2, 1L << 31),
        Duration.ofHours(24));
  }

  private static Metrics metrics() {
    return new Metrics(new TreeMap<>(Map.of("accuracy", 0.75, "loss", 0.5)), 40);
  }

  private static JobId id(int number) {
    return new JobId("0190a1b2-0000-7000-8000-00000000000" + number);
  }

  private static ModelHash hash(int number) {
    return new ModelHash(("0" + number).repeat(32));
  }
}
