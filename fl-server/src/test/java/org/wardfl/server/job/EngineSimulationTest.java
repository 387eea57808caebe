package org.wardfl.server.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.wardfl.aggregator.UpdateLikeness;
import org.wardfl.algo.DataStats;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.algo.statistics.FeatureValues;
import org.wardfl.algo.statistics.Statistic;
import org.wardfl.proto.job.AggregationChoice;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.JobStatus;
import org.wardfl.proto.job.OptimizerChoice;
import org.wardfl.proto.job.WorkflowDefinition;
import org.wardfl.proto.task.StatisticsTask;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.proto.task.TaskOutcome;
import org.wardfl.server.result.RunRecord;
import org.wardfl.server.store.JobEventCodec;

/// Drives the engine with virtual time through seeded interleavings: messages are dropped, doubled,
/// delayed and overtaken, the server crashes between any two events and comes back from what it had
/// made durable.
class EngineSimulationTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void fiveThousandInterleavingsKeepEveryPromise() throws Exception {
    run(0, 5_000);
  }

  @Test
  @Tag("slow")
  void aHundredThousandInterleavingsKeepEveryPromise() throws Exception {
    run(5_000, 105_000);
  }

  private static void run(int from, int to) throws Exception {
    int crashes = 0;
    var ends = new TreeMap<JobStatus, Integer>();
    var kinds = new TreeMap<String, Integer>();
    for (int seed = from; seed < to; seed++) {
      var world = new World(seed);
      try {
        world.run();
        world.check();
      } catch (Exception | AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      }
      crashes += world.crashes;
      ends.merge(world.state.status(), 1, Integer::sum);
      world.kinds().forEach(kind -> kinds.merge(kind, 1, Integer::sum));
    }
    System.out.println(
        "interleavings tried: "
            + (to - from)
            + ", crashes: "
            + crashes
            + ", ends: "
            + ends
            + ", "
            + kinds);
    assertThat(kinds.keySet())
        .contains("TRAIN", "EVALUATE", "CROSS_SITE", "passed over", "remembered", "stopped early")
        .contains("median", "trimmed-mean", "krum", "multi-krum", "geometric-median", "clipped")
        .contains("not combined");
    assertThat(crashes).isGreaterThan((to - from) / 2);
    assertThat(ends.keySet()).contains(JobStatus.COMPLETED, JobStatus.FAILED);
  }

  /// A message on its way.
  private record Message(Instant at, long order, Command command) {}

  /// A federation of sites that are pure functions, a network and a disk.
  private static final class World {

    private final Random random;
    private final boolean benign;
    private final JobDefinition definition;
    private final List<byte[]> disk = new ArrayList<>();
    private final PriorityQueue<Message> network =
        new PriorityQueue<>(
            java.util.Comparator.comparing(Message::at).thenComparingLong(Message::order));
    private final Map<TaskKey, TaskAssignment> seen = new HashMap<>();
    private final Set<Instant> wakes = new HashSet<>();
    private Instant now = START;
    private long order;
    private int crashes;
    private JobState state;

    World(int seed) {
      random = new Random(seed);
      benign = random.nextBoolean();
      definition = definition();
      var submitted =
          new JobEvent.Submitted(
              Jobs.ID, definition, "test", Optional.empty(), Optional.empty(), now);
      disk.add(JobEventCodec.toBytes(submitted));
      state = JobEngine.begin(submitted);
    }

    private JobDefinition definition() {
      int count = 1 + random.nextInt(6);
      int least = 1 + random.nextInt(count);
      var job = Jobs.over(count).minSites(least).rounds(1 + random.nextInt(3));
      if (random.nextInt(4) == 0) {
        job.rounds(1, 2);
      }
      if (random.nextInt(4) == 0) {
        job.alone();
      }
      if (random.nextInt(2) == 0) {
        job.workflows(workflows(count, least));
      }
      if (benign) {
        return job.build();
      }
      if (random.nextInt(4) == 0) {
        job.mandatory("site-1");
      }
      if (random.nextInt(4) == 0) {
        job.closeEarly(Duration.ofSeconds(random.nextInt(60)));
      }
      return job.roundDeadline(Duration.ofSeconds(10 + random.nextInt(200))).build();
    }

    /// A list of workflows: training of one kind or two, then perhaps scores across sites and one
    /// more evaluation.
    private List<WorkflowDefinition> workflows(int sites, int least) {
      var workflows = new ArrayList<WorkflowDefinition>();
      if (random.nextInt(3) == 0) {
        workflows.add(statistics());
      }
      for (int trainings = 1 + random.nextInt(2); trainings > 0; trainings--) {
        workflows.add(random.nextBoolean() ? cyclic(sites) : fedAvg(least));
      }
      if (random.nextBoolean()) {
        workflows.add(
            new WorkflowDefinition.CrossSite(
                EnumSet.allOf(WorkflowDefinition.Models.class), Duration.ofSeconds(100)));
      }
      if (random.nextInt(4) == 0) {
        workflows.add(new WorkflowDefinition.Evaluate(Duration.ofSeconds(50)));
      }
      if (random.nextInt(4) == 0) {
        workflows.add(fedAvg(least));
      }
      // Describing data needs no model, and no training after it.
      return workflows.getFirst() instanceof WorkflowDefinition.Statistics && random.nextBoolean()
          ? workflows.subList(0, 1)
          : workflows;
    }

    private WorkflowDefinition statistics() {
      return new WorkflowDefinition.Statistics(
          new TreeSet<>(EnumSet.allOf(Statistic.class)),
          List.of(),
          random.nextBoolean(),
          1 + random.nextInt(20),
          new TreeMap<>(),
          List.of(0.5),
          Duration.ofHours(1));
    }

    private WorkflowDefinition fedAvg(int least) {
      return new WorkflowDefinition.FedAvg(
          1 + random.nextInt(4),
          new WorkflowDefinition.Weighting.Samples(),
          WeightType.DIFF,
          keyMetric(),
          Duration.ofHours(1),
          Optional.empty(),
          List.of(),
          WorkflowDefinition.CounterRule.MEAN,
          Double.POSITIVE_INFINITY,
          random.nextBoolean(),
          aggregation(least),
          random.nextBoolean()
              ? Optional.of(
                  new OptimizerChoice(OptimizerChoice.Method.FEDADAM, 0.1, 0.9, 0.99, 1e-3))
              : Optional.empty(),
          random.nextBoolean() ? Optional.of(1 + random.nextInt(2)) : Optional.empty());
    }

    /// A rule that so many updates are enough for; every second time the plain mean.
    private AggregationChoice aggregation(int least) {
      var rules =
          List.<AggregationChoice>of(
              new AggregationChoice.Median(1),
              new AggregationChoice.TrimmedMean(1),
              new AggregationChoice.Krum(1),
              new AggregationChoice.MultiKrum(1, 2),
              new AggregationChoice.GeometricMedian(1),
              new AggregationChoice.Clipped(
                  new AggregationChoice.Clip.MedianNorm(), new AggregationChoice.Mean()));
      var rule = rules.get(random.nextInt(rules.size()));
      return random.nextBoolean() && rule.leastUpdates() <= least
          ? rule
          : new AggregationChoice.Mean();
    }

    private WorkflowDefinition cyclic(int sites) {
      var orders = WorkflowDefinition.Order.values();
      return new WorkflowDefinition.Cyclic(
          1 + random.nextInt(3),
          orders[random.nextInt(sites < 2 ? 2 : 3)],
          WeightType.DIFF,
          keyMetric(),
          Duration.ofMinutes(10),
          List.of(),
          Double.POSITIVE_INFINITY,
          random.nextBoolean() ? Optional.of(1) : Optional.empty(),
          random.nextBoolean());
    }

    private static Optional<WorkflowDefinition.KeyMetric> keyMetric() {
      return Optional.of(
          new WorkflowDefinition.KeyMetric("distance", WorkflowDefinition.Direction.MIN));
    }

    void run() throws Exception {
      send(new Command.Start(Optional.empty()), 0);
      for (int steps = 0; !state.status().isEnded(); steps++) {
        assertThat(steps).as("the job ends").isLessThan(20_000);
        if (random.nextInt(12) == 0) {
          crash();
        }
        if (network.isEmpty() || random.nextInt(6) == 0) {
          stir();
        }
        // Before hours pass, whoever has something to say has many occasions to say it.
        if (isFarOff(network.peek()) && random.nextInt(6) > 0) {
          stir();
          continue;
        }
        var message = network.poll();
        if (message != null) {
          now = message.at().isAfter(now) ? message.at() : now;
          wakes.remove(message.at());
          receive(message.command());
        }
      }
      // What still travels must change nothing.
      while (!network.isEmpty()) {
        assertThat(JobEngine.decide(state, network.poll().command(), now, _ -> true)).isEmpty();
      }
    }

    private boolean isFarOff(@Nullable Message message) {
      return message != null && message.at().isAfter(now.plusSeconds(60));
    }

    private void receive(Command command) {
      var events = JobEngine.decide(state, command, now, _ -> true);
      if (events.isEmpty()) {
        return;
      }
      // An append is whole or not at all; a crash before it loses the command, which its sender
      // repeats.
      if (random.nextInt(20) == 0) {
        crash();
        return;
      }
      events.forEach(event -> disk.add(JobEventCodec.toBytes(event)));
      if (random.nextInt(20) == 0) {
        crash();
        return;
      }
      events.forEach(event -> state = JobEngine.apply(state, event));
    }

    /// Sites converge on the desired state, effects are carried out, both again and again.
    private void stir() throws Exception {
      if (state.status() == JobStatus.SUBMITTED) {
        send(new Command.Start(Optional.empty()), 0);
      }
      for (var effect : state.effects()) {
        switch (effect) {
          case Effect.WakeAt(var at) -> {
            // In a benign world every message arrives some day, long before any deadline.
            if (!benign && wakes.add(at)) {
              network.add(
                  new Message(at.isBefore(now) ? now : at, order++, new Command.TimePassed()));
            }
          }
          case Effect.Reduce reduce -> {
            requireItsRule(reduce);
            send(fails(reduce).<Command>map(failed -> failed).orElse(reduce(reduce)), 3);
          }
        }
      }
      var open = state.open();
      if (open.isPresent() && !open.get().closed()) {
        for (var task : open.get().plan().tasks()) {
          if (!open.get().answers().containsKey(task.key()) && random.nextInt(3) > 0) {
            var repeated = seen.put(task.key(), task);
            assertThat(repeated == null || repeated.equals(task))
                .as("a task never changes")
                .isTrue();
            answer(task).ifPresent(answer -> send(new Command.Answered(task.key(), answer), 30));
          }
        }
      }
    }

    private void send(Command command, int maxDelaySeconds) {
      if (random.nextInt(8) == 0) {
        return;
      }
      for (int copies = random.nextInt(8) == 0 ? 2 : 1; copies > 0; copies--) {
        network.add(
            new Message(
                now.plusMillis(random.nextInt(1 + 1000 * maxDelaySeconds)), order++, command));
      }
    }

    private void crash() {
      crashes++;
      if (random.nextBoolean()) {
        network.clear();
        wakes.clear();
      }
      try {
        state = JobEngine.begin((JobEvent.Submitted) JobEventCodec.fromBytes(disk.getFirst()));
        for (var bytes : disk.subList(1, disk.size())) {
          state = JobEngine.apply(state, JobEventCodec.fromBytes(bytes));
        }
      } catch (org.wardfl.proto.WireException e) {
        throw new IllegalStateException(e);
      }
    }

    /// What a site makes of a task, always the same; a hostile world has sites that fail, decline
    /// or stay silent.
    private Optional<Answer> answer(TaskAssignment task) throws Exception {
      var key = task.key();
      if (!benign) {
        switch (new Random(hash(key.toString(), "mood").hashCode()).nextInt(12)) {
          case 0 -> {
            return Optional.of(new Answer.Failed("train", "it broke"));
          }
          case 1 -> {
            return Optional.of(new Answer.Refused("a value is not finite"));
          }
          case 2 -> {
            return Optional.of(new Answer.Declined("not on Sundays"));
          }
          case 3 -> {
            return Optional.empty();
          }
          default -> {
            // It does its work.
          }
        }
      }
      return Optional.of(new Answer.Accepted(outcome(task), 1));
    }

    private TaskOutcome outcome(TaskAssignment task) throws Exception {
      var key = task.key();
      // Better for some rounds, then worse, so that early stopping has something to do.
      double distance = Math.abs(3 - key.round()) + key.step();
      var metrics = new Metrics(new TreeMap<>(Map.of("distance", distance)), 10);
      return switch (task.kind()) {
        case INITIAL ->
            new TaskOutcome.Initialized(new TaskOutcome.UpdateFile(hash("initial", "7"), 1));
        case TRAIN ->
            new TaskOutcome.Trained(
                new TaskOutcome.UpdateFile(
                    hash(key.site().value(), task.model().orElseThrow().hex()), 1),
                WeightType.DIFF,
                new TrainSummary(3, 10),
                metrics,
                List.of());
        case EVALUATE -> new TaskOutcome.Evaluated(metrics);
        case DATA_STATS -> {
          var asked = StatisticsTask.of(definition, task).request();
          var values = new Random(key.site().hashCode()).doubles(9).toArray();
          var bins = Optional.ofNullable(asked.histograms().get("age"));
          yield new TaskOutcome.Described(
              new DataStats(
                  new TreeMap<>(), 9, List.of(FeatureValues.describe("age", "", values, bins))));
        }
      };
    }

    /// The federation's model is combined by the rule of the workflow, from enough updates; a
    /// site's own model is that site's alone.
    private void requireItsRule(Effect.Reduce reduce) {
      if (reduce.recipe() instanceof Recipe.Combine combine) {
        boolean ruled =
            reduce.track().equals(TaskAssignment.GLOBAL)
                && definition.workflows().get(state.workflow())
                    instanceof WorkflowDefinition.FedAvg;
        assertThat(combine.aggregation())
            .isEqualTo(ruled ? rule(state.workflow()) : new AggregationChoice.Mean());
        assertThat((long) reduce.accepted().size())
            .isGreaterThanOrEqualTo(combine.aggregation().leastUpdates());
      }
    }

    private AggregationChoice rule(int workflow) {
      return definition.workflows().get(workflow) instanceof WorkflowDefinition.FedAvg fedAvg
          ? fedAvg.aggregation()
          : new AggregationChoice.Mean();
    }

    /// In a hostile world a rule now and then finds too few sites that sent one of the tensors.
    private Optional<Command.ReductionFailed> fails(Effect.Reduce reduce) throws Exception {
      boolean fails =
          !benign
              && reduce.track().equals(TaskAssignment.GLOBAL)
              && !(rule(state.workflow()) instanceof AggregationChoice.Mean)
              && hash("few", String.valueOf(reduce.round())).hex().charAt(0) < '4';
      return fails
          ? Optional.of(
              new Command.ReductionFailed(reduce.round(), reduce.track(), "tensor w: too few"))
          : Optional.empty();
    }

    private static Command.ModelReady reduce(Effect.Reduce reduce) throws Exception {
      boolean remembers =
          reduce.recipe() instanceof Recipe.Combine combine && combine.optimizer().isPresent();
      return reduce(reduce.round(), reduce.track(), reduce.accepted(), remembers, reduce.memory());
    }

    /// A model, and what is remembered of it, that depend on everything that they may depend on.
    private static Command.ModelReady reduce(
        int round,
        String track,
        Map<TaskKey, Answer.Accepted> accepted,
        boolean remembers,
        Optional<ModelHash> memory)
        throws Exception {
      var weights = new TreeMap<SiteName, Double>();
      var likeness = new TreeMap<SiteName, UpdateLikeness>();
      var text = new StringBuilder();
      for (var entry : accepted.entrySet()) {
        weights.put(entry.getKey().site(), 3.0);
        if (entry.getValue().outcome() instanceof TaskOutcome.Trained) {
          likeness.put(entry.getKey().site(), new UpdateLikeness(1, round));
        }
        text.append(entry.getValue().outcome());
      }
      var from = text.toString() + memory;
      return new Command.ModelReady(
          round,
          track,
          hash(track, from),
          weights,
          remembers ? Optional.of(hash("memory", from)) : Optional.empty(),
          likeness);
    }

    /// What came up in this world, so that nobody takes for tried what never happened.
    Set<String> kinds() throws Exception {
      var kinds = new TreeSet<String>();
      int trained = 0;
      AggregationChoice rule = new AggregationChoice.Mean();
      for (var bytes : disk.subList(1, disk.size())) {
        switch (JobEventCodec.fromBytes(bytes)) {
          case JobEvent.RoundOpened(var workflow, var plan, _) -> {
            kinds.add(plan.kind().name());
            rule = rule(workflow);
            trained += plan.kind() == RunRecord.Kind.TRAIN ? 1 : 0;
          }
          case JobEvent.ModelPublished(var track, _, _, _) when track.startsWith("optimizer/") ->
              kinds.add("remembered");
          case JobEvent.UpdatesCompared _ ->
              kinds.add(rule instanceof AggregationChoice.Clipped ? "clipped" : rule.type());
          case JobEvent.Ended(_, var failure, _, _)
              when failure.filter(why -> why.reason().contains("too few")).isPresent() ->
              kinds.add("not combined");
          default -> {
            // Nothing else is counted.
          }
        }
      }
      if (!state.missed().isEmpty() && state.status() == JobStatus.COMPLETED) {
        kinds.add("passed over");
      }
      if (state.status() == JobStatus.COMPLETED && trained < definition.rounds()) {
        kinds.add("stopped early");
      }
      return kinds;
    }

    /// Reads the whole stream again and holds it against the promises.
    void check() throws Exception {
      var answered = new HashSet<TaskKey>();
      int ends = 0;
      JobEvent.RoundOpened open = null;
      var accepted = new TreeMap<TaskKey, Answer.Accepted>();
      var memories = new HashMap<String, ModelHash>();
      var published = new HashMap<String, ModelHash>();
      SortedMap<SiteName, UpdateLikeness> compared = new TreeMap<>();
      boolean closed = false;
      for (var bytes : disk.subList(1, disk.size())) {
        assertThat(ends).as("nothing follows an end").isZero();
        switch (JobEventCodec.fromBytes(bytes)) {
          case JobEvent.RoundOpened opened -> {
            open = opened;
            closed = false;
            accepted.clear();
          }
          case JobEvent.TaskAnswered(var task, var answer, _) -> {
            assertThat(closed).as("no answer counts after the close").isFalse();
            assertThat(answered.add(task)).as("one answer per task").isTrue();
            if (answer instanceof Answer.Accepted ok) {
              accepted.put(task, ok);
            }
          }
          case JobEvent.RoundClosed _ -> closed = true;
          case JobEvent.UpdatesCompared(_, var likeness, _) -> compared = likeness;
          case JobEvent.ModelPublished(var track, var model, _, _) -> {
            assertThat(closed).isTrue();
            var reductions = java.util.Objects.requireNonNull(open).plan().reductions();
            var reduction = reductions.stream().filter(it -> it.track().equals(track)).findFirst();
            if (reduction.isEmpty()) {
              assertThat(reductions).anyMatch(it -> it.memory().equals(Optional.of(track)));
              published.put(track, model);
              continue;
            }
            var counted = new TreeMap<>(accepted);
            counted.keySet().retainAll(reduction.get().tasks());
            var memory = reduction.get().memory();
            var expected =
                reduce(
                    open.plan().round(),
                    track,
                    counted,
                    memory.isPresent(),
                    memory.map(memories::get));
            assertThat(model).as("every accepted update counts, once").isEqualTo(expected.model());
            assertThat(memory.map(published::get)).isEqualTo(expected.memory());
            assertThat(compared).as("the updates of this model").isEqualTo(expected.likeness());
            compared = new TreeMap<>();
            memories.putAll(published);
          }
          case JobEvent.Ended _ -> ends++;
          case JobEvent.Submitted _ -> throw new AssertionError("submitted twice");
          case JobEvent.Deleted _ -> throw new AssertionError("nobody deletes here");
          case JobEvent.Started _, JobEvent.SitesTaken _, JobEvent.BestModelChosen _ -> {
            // Nothing to hold against.
          }
        }
      }
      assertThat(ends).as("one end").isEqualTo(1);
      if (benign) {
        assertThat(state.status()).isEqualTo(JobStatus.COMPLETED);
        var asked = new TreeMap<TaskKey, String>();
        seen.values().stream()
            .filter(task -> task.kind() == TaskKind.DATA_STATS)
            .forEach(task -> asked.put(task.key(), task.parameters()));
        assertThat(new Quiet(Optional.ofNullable(state.models().get(TaskAssignment.GLOBAL)), asked))
            .as("the model and the questions of an undisturbed run")
            .isEqualTo(undisturbed());
      }
    }

    /// What a run comes to.
    ///
    /// @param model the last model, if there is one
    /// @param asked what each task of statistics was asked
    private record Quiet(Optional<ModelHash> model, SortedMap<TaskKey, String> asked) {}

    private Quiet undisturbed() throws Exception {
      var asked = new TreeMap<TaskKey, String>();
      var quiet =
          JobEngine.begin(
              new JobEvent.Submitted(
                  Jobs.ID, definition, "test", Optional.empty(), Optional.empty(), START));
      var commands =
          new java.util.ArrayDeque<Command>(List.of(new Command.Start(Optional.empty())));
      while (!quiet.status().isEnded()) {
        for (var event : JobEngine.decide(quiet, commands.remove(), START, _ -> true)) {
          quiet = JobEngine.apply(quiet, event);
        }
        if (commands.isEmpty()) {
          for (var effect : quiet.effects()) {
            if (effect instanceof Effect.Reduce reduce) {
              commands.add(reduce(reduce));
            }
          }
          var open = quiet.open();
          if (open.isPresent() && !open.get().closed()) {
            for (var task : open.get().plan().tasks()) {
              if (task.kind() == TaskKind.DATA_STATS) {
                asked.put(task.key(), task.parameters());
              }
              commands.add(new Command.Answered(task.key(), new Answer.Accepted(outcome(task), 1)));
            }
          }
        }
      }
      return new Quiet(Optional.ofNullable(quiet.models().get(TaskAssignment.GLOBAL)), asked);
    }

    private static ModelHash hash(String... parts) throws Exception {
      var digest = MessageDigest.getInstance("SHA-256");
      for (var part : parts) {
        digest.update(part.getBytes(StandardCharsets.UTF_8));
      }
      return new ModelHash(HexFormat.of().formatHex(digest.digest()));
    }
  }
}
