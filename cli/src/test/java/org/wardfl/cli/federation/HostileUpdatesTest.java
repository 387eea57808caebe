package org.wardfl.cli.federation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.proto.wire.Declined;
import org.wardfl.proto.wire.Evaluated;
import org.wardfl.proto.wire.Scores;
import org.wardfl.proto.wire.TaskOutcome;
import org.wardfl.proto.wire.Trained;
import org.wardfl.proto.wire.Verdict;
import org.wardfl.proto.wire.WeightType;

/// A site with a real certificate that answers every round with another bad update, over the wire
/// and to real processes. Each is refused and recorded, the server's memory does not grow, and the
/// model is that of the two honest sites alone.
@Timeout(240)
class HostileUpdatesTest {

  private static final String JOB =
      """
      name: quadratic
      sites: %s
      min_sites: 2
      seed: 3
      workflow: {type: fedavg, rounds: %d, weights: samples}
      algorithm: {type: quadratic}
      resources: {memory: 64MiB}
      """;
  private static final String NASTY = "<img src=x onerror=alert(1)>\u001b[2J\u202e\nline";
  private static final int SIZE = 16;
  private static final long FLAT_KIB = 512 << 10;

  @TempDir private Path folder;

  /// What the site does in one round.
  private interface Attack {
    /// @return what the server answered
    String run(HostileSite site, TaskAssignment task) throws Exception;
  }

  /// @param reason the word in the audit record
  /// @param answer what is in the server's answer, and in the record
  private record Case(String reason, String answer, Attack attack) {}

  private static Case verdict(String answer, Attack attack) {
    return new Case("UPDATE", answer, attack);
  }

  private static Case status(Reason reason, String answer, Attack attack) {
    return new Case(
        reason.name(),
        answer,
        (site, task) -> HostileSite.refusal(reason, () -> attack.run(site, task)));
  }

  private static final List<Case> CASES =
      List.of(
          new Case(
              "OBSOLETE",
              "job 0190a1b2-0000-7000-8000-000000000001 is not known here",
              (site, task) ->
                  sentence(
                      site.deliver(
                          new TaskKey(
                              new JobId("0190a1b2-0000-7000-8000-000000000001"),
                              1,
                              0,
                              task.key().site()),
                          declined()))),
          status(
              Reason.IMPERSONATION,
              "site site-3 speaks for site site-1",
              (site, task) ->
                  sentence(
                      site.deliver(
                          new TaskKey(
                              task.key().job(), task.key().round(), 0, new SiteName("site-1")),
                          declined()))),
          status(
              Reason.OBSOLETE,
              "nobody waits for round 1 of job",
              (site, task) -> {
                site.store(earlier(task), site.made(good(1)));
                return "";
              }),
          status(
              Reason.HASH_MISMATCH,
              "abababab",
              (site, task) -> {
                site.send(task.key(), new ModelHash("ab".repeat(32)), 100, new byte[100]);
                return "";
              }),
          status(
              Reason.HASH_MISMATCH,
              "was announced but is not here; send it again",
              (site, task) ->
                  sentence(
                      site.deliver(task.key(), HostileSite.trained(site.made(good(2))).build()))),
          status(
              Reason.MALFORMED,
              "the file ended after 50 bytes",
              (site, task) -> {
                site.send(task.key(), new ModelHash("cd".repeat(32)), 100, new byte[50]);
                return "";
              }),
          verdict(
              "is no model file",
              (site, task) -> {
                var bytes = Files.readAllBytes(site.made(good(3)).path());
                return refused(site, task, Arrays.copyOf(bytes, bytes.length - 5));
              }),
          verdict(
              "holds a value that is not finite",
              (site, task) -> refused(site, task, with(Float.NaN))),
          verdict(
              "holds a value that is not finite",
              (site, task) -> refused(site, task, with(Float.NEGATIVE_INFINITY))),
          verdict(
              "tensor w from site-3: shape [4, 4] expected [16]",
              (site, task) ->
                  refused(
                      site,
                      task,
                      TensorMap.of(Tensor.floats("w", new float[SIZE], 4, 4), counter()))),
          verdict(
              "tensor w from site-3: F64 expected F32",
              (site, task) ->
                  refused(
                      site,
                      task,
                      TensorMap.of(Tensor.doubles("w", new double[SIZE], SIZE), counter()))),
          verdict(
              "tensor v from site-3 is not in the model",
              (site, task) ->
                  refused(
                      site,
                      task,
                      TensorMap.of(
                          Tensor.floats("w", new float[SIZE], SIZE),
                          counter(),
                          Tensor.floats("v", new float[1], 1)))),
          verdict(
              "update from site-3 lacks tensor w",
              (site, task) -> refused(site, task, TensorMap.of(counter()))),
          verdict("header of 1", (site, task) -> refused(site, task, tensors(300_000))),
          verdict("header of 5", (site, task) -> refused(site, task, tensors(1_000_000))),
          verdict("site-3 claims 0 samples", described(trained -> trained.setSamples(0))),
          status(
              Reason.MALFORMED,
              "negative count in a training summary",
              described(trained -> trained.setSamples(-1))),
          verdict(
              "site-3 claims 9223372036854775807 samples",
              described(trained -> trained.setSamples(Long.MAX_VALUE))),
          verdict(
              "site-3 claims 9223372036854775807 iterations",
              described(trained -> trained.setIterations(Long.MAX_VALUE))),
          verdict(
              "site-3 claims 9223372036854775807 evaluation samples",
              described(
                  trained -> trained.setReceived(Scores.newBuilder().setSamples(Long.MAX_VALUE)))),
          status(
              Reason.MALFORMED,
              "finite",
              described(trained -> trained.putValues("loss", Double.NaN))),
          verdict(
              "site-3 sent FULL weights, expected DIFF",
              described(trained -> trained.setType(WeightType.WEIGHT_TYPE_FULL))),
          verdict(
              "with another kind of result",
              (site, task) ->
                  sentence(
                      site.deliver(
                          task.key(),
                          TaskOutcome.newBuilder()
                              .setEvaluated(Evaluated.getDefaultInstance())
                              .build()))));

  @Test
  void everyBadUpdateIsRefusedAndRecordedAndTheModelIsThatOfTheHonestSites() throws Exception {
    try (var federation = new Federation(folder, "site-1", "site-2", "site-3")) {
      federation.startServer();
      federation.startSite("site-1");
      federation.startSite("site-2");
      try (var hostile =
          new HostileSite(
              federation.kit("site-3"), federation.password("site-3"), folder.resolve("hostile"))) {
        var attacked =
            federation.submit(federation.job("attacked", JOB.formatted("all", CASES.size())));
        var beside =
            federation.submit(
                federation.job("beside", JOB.formatted("[site-1, site-2]", CASES.size())));
        for (int round = 1; round <= CASES.size(); round++) {
          attack(federation, hostile, attacked, round);
        }
        var last = hostile.task(attacked, TaskKind.EVALUATE, CASES.size() + 1);
        hostile.deliver(last.key(), declined(NASTY));

        var result = federation.await(attacked);
        assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
        var normal = federation.await(beside);
        assertThat(normal.exitCode()).as(federation.said()).isZero();
        assertThat(Federation.model(result.out())).isEqualTo(Federation.model(normal.out()));
        assertNothingNasty(federation, attacked);
        aSecondUpdateOfTheSameTaskChangesNothing(federation, hostile);
      }
      assertThat(peak(federation)).as("VmHWM of the server, KiB").isLessThan(FLAT_KIB);
    }
  }

  private static void attack(Federation federation, HostileSite hostile, String job, int round)
      throws Exception {
    var one = CASES.get(round - 1);
    var task = hostile.task(job, round);
    var answer = one.attack().run(hostile, task);
    assertThat(answer.isEmpty() ? one.answer() : answer)
        .as("round " + round)
        .contains(one.answer());
    InProcess.await(
        () -> recorded(federation, one),
        () -> "a record of " + one.reason() + ", '" + one.answer() + "'");
    // What did not answer the task leaves it open.
    hostile.deliver(task.key(), declined());
  }

  private static boolean recorded(Federation federation, Case one) throws IOException {
    try (var lines = Files.lines(federation.kit(Federation.SERVER).resolve("data/audit.jsonl"))) {
      return lines.anyMatch(line ->
          line.contains("\"actor\":\"ward://federation/site/site-3\"")
              && line.contains("\"result\":\"refused: " + one.reason() + "\"")
              && line.contains(one.answer()));
    }
  }

  private void aSecondUpdateOfTheSameTaskChangesNothing(Federation federation, HostileSite hostile)
      throws Exception {
    var job =
        federation.submit(
            federation.job(
                "twice",
                JOB.formatted("[site-1, site-3]", 1).replace("min_sites: 2", "min_sites: 1")));
    var task = hostile.task(job, 1);
    var first = hostile.made(good(1));
    var second = hostile.made(good(2));
    hostile.store(task.key(), first);
    hostile.store(task.key(), second);
    // Both at once, and both once more: one of them counts, the other never does.
    assertThat(hostile.deliver(task.key(), HostileSite.trained(first).build()).hasAccepted())
        .isTrue();
    var other = hostile.deliver(task.key(), HostileSite.trained(second).build());
    assertThat(sentence(other)).isEqualTo("another result of this task was accepted before");
    assertThat(hostile.deliver(task.key(), HostileSite.trained(first).build()).hasAccepted())
        .isTrue();
    assertThat(
            recorded(federation, new Case("OBSOLETE", "another result of this task", (_, _) -> "")))
        .isTrue();
    hostile.deliver(hostile.task(job, TaskKind.EVALUATE, 2).key(), declined());
    assertThat(federation.await(job).exitCode()).as(federation.said()).isZero();
  }

  private static long peak(Federation federation) throws IOException {
    var status = Path.of("/proc/" + federation.process(Federation.SERVER).pid() + "/status");
    try (var lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .map(line -> line.replaceAll("[^0-9]", ""))
          .mapToLong(Long::parseLong)
          .findFirst()
          .orElseThrow();
    }
  }

  private static String sentence(Verdict verdict) {
    return verdict.hasRefused()
        ? verdict.getRefused().getReason()
        : verdict.hasObsolete() ? verdict.getObsolete().getReason() : "accepted";
  }

  /// What is typed to a terminal, written to a log and shown in a browser.
  private static void assertNothingNasty(Federation federation, String job) throws Exception {
    var shown = federation.run(Federation.LEAD, "job", "show", job).out();
    var data = federation.kit(Federation.SERVER).resolve("data");
    assertThat(shown).contains("<U+001B>[2J").doesNotContain("\u001b", "\u202e");
    assertThat(Files.readString(data.resolve("audit.jsonl"))).doesNotContain("\u001b", "\u202e");
    assertThat(federation.said()).doesNotContain("\u001b", "\u202e");
    assertThat(Files.readString(data.resolve("results").resolve(job).resolve("report.html")))
        .contains("&lt;img")
        .doesNotContain("<img src=x", "\u001b", "\u202e");
  }

  private static TaskOutcome declined() {
    return declined("not here");
  }

  private static TaskOutcome declined(String reason) {
    return TaskOutcome.newBuilder().setDeclined(Declined.newBuilder().setReason(reason)).build();
  }

  private static TaskKey earlier(TaskAssignment task) {
    return new TaskKey(task.key().job(), 1, 0, task.key().site());
  }

  private static String refused(HostileSite site, TaskAssignment task, TensorMap tensors)
      throws Exception {
    return sentence(site.update(task, site.made(tensors)));
  }

  private static String refused(HostileSite site, TaskAssignment task, byte[] bytes)
      throws Exception {
    return sentence(site.update(task, site.made(bytes)));
  }

  private static HostileSite.Made stored(HostileSite site, TaskAssignment task) throws Exception {
    var file = site.made(good(task.key().round()));
    site.store(task.key(), file);
    return file;
  }

  /// Sends a good update, and describes it as what it is not.
  private static Attack described(UnaryOperator<Trained.Builder> change) {
    return (site, task) -> {
      var file = stored(site, task);
      var description = change.apply(HostileSite.description(file));
      return sentence(
          site.deliver(task.key(), TaskOutcome.newBuilder().setTrained(description).build()));
    };
  }

  private static Tensor counter() {
    return Tensor.longs("steps_done", new long[] {4});
  }

  private static TensorMap good(float value) {
    return with(value);
  }

  private static TensorMap with(float value) {
    var values = new float[SIZE];
    values[SIZE / 2] = value;
    return TensorMap.of(Tensor.floats("w", values, SIZE), counter());
  }

  /// A file with so many empty tensors.
  private static byte[] tensors(int count) {
    var entries = new ArrayList<String>(count);
    for (int i = 0; i < count; i++) {
      entries.add("\"" + i + "\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}");
    }
    var header = ("{" + String.join(",", entries) + "}").getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(Long.BYTES + header.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(header.length)
        .put(header)
        .array();
  }
}
