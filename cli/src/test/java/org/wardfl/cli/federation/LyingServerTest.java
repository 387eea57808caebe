package org.wardfl.cli.federation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.certs.Identity;
import org.wardfl.certs.LeafProfile;
import org.wardfl.client.job.JobPackage;
import org.wardfl.proto.job.AlgorithmDefinition;
import org.wardfl.proto.job.DataDefinition;
import org.wardfl.proto.job.InitialModel;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.job.PackageReference;
import org.wardfl.proto.job.ResourceRequest;
import org.wardfl.proto.job.Submission;
import org.wardfl.proto.job.WorkflowDefinition;
import org.wardfl.proto.task.DesiredState;
import org.wardfl.proto.task.DesiredState.DesiredJob;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.proto.task.TaskOutcome;

/// The real agent with a server that has the right certificate and lies: about the job, its
/// submitter, the round, the model, itself. Each lie is refused in words and recorded at the site,
/// and what is true is done.
@Timeout(180)
class LyingServerTest {

  private static final SiteName SITE = new SiteName(InProcess.SITE);
  private static final int ROUNDS = 5;

  @TempDir private Path folder;
  private long version;
  private int packages;
  private int lies;
  // A job that has ended is not let in again, so this one goes on while others are offered.
  private Optional<Offered> kept = Optional.empty();

  /// A job as its package says.
  private record Offered(
      JobId id, JobDefinition definition, PackageReference reference, Path file) {

    DesiredJob with(TaskAssignment... tasks) {
      return as(definition, tasks);
    }

    DesiredJob as(JobDefinition described, TaskAssignment... tasks) {
      return new DesiredJob(id, described, Optional.of(reference), List.of(tasks));
    }
  }

  @Test
  void everyLieIsRefusedInWordsAndRecordedAndTheTruthIsDone() throws Exception {
    try (var federation = new InProcess(folder);
        var server = new LyingServer(federation)) {
      var client = federation.startClient();
      var lead = federation.kit(InProcess.LEAD, LeafProfile.USER).identity();
      var first = model(server, 1);
      var other = model(server, 2);
      var job = offer(federation, server, lead, Duration.ofDays(7));
      var second = offer(federation, server, lead, Duration.ofDays(7));

      kept = Optional.of(job);

      // What the job is.
      refuses(
          federation,
          server,
          job.as(definition("quadratic", ROUNDS + 4), train(job.id(), 1, first)),
          "the server describes the job in another way than its submitter signed it");
      refuses(
          federation,
          server,
          new DesiredJob(
              JobId.create(federation.clock().instant(), new java.util.Random(1)),
              job.definition(),
              Optional.of(job.reference()),
              List.of()),
          "the package is that of another job, " + job.id());
      var unsigned = JobId.create(federation.clock().instant(), new java.util.Random(2));
      refuses(
          federation,
          server,
          new DesiredJob(unsigned, job.definition(), Optional.empty(), List.of()),
          "the server sent a job that nobody signed");

      // Who submitted it.
      var kit = federation.kit(InProcess.SERVER, LeafProfile.SERVER).identity();
      var own = offer(federation, server, kit, Duration.ofDays(7));
      refuses(federation, server, own.with(), "certificate of ward://federation/server/localhost");
      refuses(federation, server, edited(server, second).with(), "does not accept the job");
      refuses(
          federation,
          server,
          spliced(server, second, "name: lied\n").with(),
          "does not accept the job");
      var over = offer(federation, server, lead, Duration.ofMillis(1));
      refuses(federation, server, over.with(), "expired at");

      // Which round, of how many, for whom.
      refuses(
          federation,
          server,
          job.with(train(job.id(), ROUNDS + 4, first)),
          "round 9 of 5, but the job was signed for 5");
      refuses(
          federation,
          server,
          job.with(
              new TaskAssignment(
                  new TaskKey(job.id(), 1, 0, new SiteName("site-2")),
                  TaskKind.TRAIN,
                  Optional.of(first),
                  ROUNDS,
                  WeightType.DIFF,
                  TaskAssignment.GLOBAL)),
          "this is site site-1, the task is for site-2");

      // The truth, then another model for the same round, then a round that is long over.
      for (int round = 1; round <= 3; round++) {
        trains(server, job, round, first);
      }
      refuses(
          federation,
          server,
          job.with(task(job.id(), 3, 0, other)),
          "this task was done already, from another model or with other parameters");
      refuses(
          federation,
          server,
          job.with(train(job.id(), 1, other)),
          "round 1 is long over at this site");

      // Itself.
      server.want(new DesiredState(8, version, List.of(job.with(train(job.id(), 4, first)))));
      awaitRecord(federation, "EPOCH", "a server of epoch 8, after one of epoch 9");

      // An old job, after it has ended and the agent was started anew.
      kept = Optional.empty();
      want(server);
      InProcess.await(
          () -> Files.notExists(federation.clientData().resolve("jobs").resolve(job.id().value())),
          () -> "the job has ended");
      client.node().close();
      federation.startClient();
      refuses(
          federation,
          server,
          job.with(train(job.id(), 1, other)),
          "this job was let in here before, and is not let in again");

      trains(server, second, 1, first);
    }
  }

  /// Wants it, gets a refusal in these words, and finds it in the site's own log.
  private void refuses(InProcess federation, LyingServer server, DesiredJob lie, String words)
      throws Exception {
    var job =
        lie.tasks().isEmpty()
            ? new DesiredJob(
                lie.id(),
                lie.definition(),
                lie.jobPackage(),
                List.of(train(lie.id(), 1, new ModelHash("ab".repeat(32)))))
            : lie;
    var task = job.tasks().getFirst().key();
    TaskOutcome answer;
    do {
      // What it said to the same task before may still be on its way.
      want(server, job);
      answer = server.answer(task);
    } while (answer instanceof TaskOutcome.Trained);
    assertThat(answer)
        .isInstanceOfSatisfying(
            TaskOutcome.Declined.class, declined -> assertThat(declined.reason()).contains(words));
    awaitRecord(federation, "", words);
  }

  private static void awaitRecord(InProcess federation, String reason, String words)
      throws Exception {
    InProcess.await(
        () ->
            federation
                .siteAudit()
                .lines()
                .anyMatch(line ->
                    line.contains("\"result\":\"refused: " + reason) && line.contains(words)),
        () -> "a record of '" + words + "'");
  }

  private void want(LyingServer server, DesiredJob... jobs) {
    version++;
    var all = new ArrayList<>(List.of(jobs));
    kept.filter(job -> all.stream().noneMatch(one -> one.id().equals(job.id())))
        .ifPresent(job -> all.add(job.with()));
    server.want(new DesiredState(9, version, all));
  }

  private void trains(LyingServer server, Offered job, int round, ModelHash model)
      throws Exception {
    var task = task(job.id(), round, 0, model);
    want(server, job.with(task));
    assertThat(server.answer(task.key())).isInstanceOf(TaskOutcome.Trained.class);
  }

  /// A task of its own for every lie, so that no answer is taken for that to another.
  private TaskAssignment train(JobId job, int round, ModelHash model) {
    lies++;
    return task(job, round, lies, model);
  }

  private static TaskAssignment task(JobId job, int round, int step, ModelHash model) {
    return new TaskAssignment(
        new TaskKey(job, round, step, SITE),
        TaskKind.TRAIN,
        Optional.of(model),
        ROUNDS,
        WeightType.DIFF,
        TaskAssignment.GLOBAL);
  }

  private ModelHash model(LyingServer server, float value) throws IOException {
    var file = folder.resolve("model-" + value);
    ModelWriter.write(
        TensorMap.of(
            Tensor.floats("w", new float[16], 16),
            Tensor.longs("steps_done", new long[] {(long) value})),
        file);
    return server.offer(file);
  }

  private Offered offer(
      InProcess federation, LyingServer server, Identity signer, Duration validity)
      throws Exception {
    packages++;
    var job = Files.createDirectories(folder.resolve("job-" + packages));
    Files.writeString(job.resolve("job.yaml"), "name: lies\n");
    var definition = definition("quadratic", ROUNDS);
    var submission = Submission.create(federation.clock(), validity);
    var file = folder.resolve("package-" + packages);
    var _ = JobPackage.write(job, definition, submission, signer, file);
    return new Offered(
        submission.job(),
        definition,
        new PackageReference(server.offer(file), Files.size(file)),
        file);
  }

  /// The same job with one byte of its files changed.
  private Offered edited(LyingServer server, Offered job) throws IOException {
    var text = Files.readString(job.file(), StandardCharsets.ISO_8859_1);
    var file = folder.resolve("edited");
    Files.writeString(file, text.replace("name: lies", "name: lied"), StandardCharsets.ISO_8859_1);
    return new Offered(
        job.id(),
        job.definition(),
        new PackageReference(server.offer(file), Files.size(file)),
        file);
  }

  /// The same manifest with the file of another job that the same person has signed.
  private Offered spliced(LyingServer server, Offered job, String content) throws IOException {
    var file = SplicedPackage.of(job.file(), "name: lies\n", content, folder.resolve("spliced"));
    return new Offered(
        job.id(),
        job.definition(),
        new PackageReference(server.offer(file), Files.size(file)),
        file);
  }

  private static JobDefinition definition(String algorithm, int rounds) {
    return new JobDefinition(
        "lies",
        "default",
        new TreeSet<>(List.of(SITE)),
        1,
        new TreeSet<>(),
        0,
        7,
        List.of(
            new WorkflowDefinition.FedAvg(
                rounds,
                new WorkflowDefinition.Weighting.Samples(),
                WeightType.DIFF,
                Optional.empty(),
                Duration.ofHours(2),
                Optional.empty(),
                List.of(),
                WorkflowDefinition.CounterRule.MEAN,
                Double.POSITIVE_INFINITY,
                false)),
        new AlgorithmDefinition(algorithm, Optional.empty(), Optional.empty(), Arguments.none()),
        new InitialModel.Random(),
        DataDefinition.none(),
        List.of(),
        new ResourceRequest(0, 1, 64L << 20),
        Duration.ofHours(1));
  }
}
