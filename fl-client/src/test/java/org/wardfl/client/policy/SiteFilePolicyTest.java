package org.wardfl.client.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.wardfl.client.job.SignedJobs.ALICE;
import static org.wardfl.client.job.SignedJobs.PROJECT;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.certs.Fingerprint;
import org.wardfl.client.filter.FilterRefusalException;
import org.wardfl.client.filter.UpdateFilter;
import org.wardfl.client.host.TaskLimits;
import org.wardfl.client.job.SignedJob;
import org.wardfl.client.job.SignedJobs;
import org.wardfl.proto.job.AlgorithmDefinition;
import org.wardfl.proto.job.InitialModel;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.job.ResourceRequest;
import org.wardfl.proto.task.SiteCapacity;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.provisioning.site.StatisticsRules;

class SiteFilePolicyTest {

  private static final String GOOD =
      """
      rights: {lead: {submit_job: any, byoc: any}, member: {view: any}}
      datasets: {ct: {path: ct.csv, minimum: 2, used_by: any}}
      algorithms: [softmax, java]
      own_code: {sandbox: unconfined}
      """;

  private static final String PYTHON = GOOD + "python: /usr/bin/python3\n";

  @TempDir private Path folder;
  private Path file = Path.of("none");
  private Path data = Path.of("none");

  @BeforeEach
  void write() throws Exception {
    data = Files.writeString(folder.resolve("ct.csv"), "age\n50\n60\n");
    file = folder.resolve("site.yaml");
    policy(GOOD);
  }

  @Test
  void whatTheFileAllowsMayRun() throws Exception {
    var job = softmax();
    var hash = ModelWriter.hash(file).hex();
    assertThat(decide(job))
        .isEqualTo(
            new JobDecision.Permitted(
                hash, "role lead, submit_job: any: 'any' matches", Optional.of(data)));
    assertThat(decide(ownCode())).isInstanceOf(JobDecision.Permitted.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "submit_job: any|submit_job: o:site|this site does not let alice@uni.org (lead, uni) submit"
            + " jobs",
        "used_by: any|used_by: o:site|does not let alice@uni.org (lead, uni) use dataset ct",
        "used_by: any|used_by: n:bob@uni.org|does not let alice@uni.org (lead, uni) use dataset ct",
        "{ct: {|{mri: {|dataset ct is not declared at this site",
        "path: ct.csv|path: no.csv|dataset ct is declared at this site, but cannot be read",
        "minimum: 2|minimum: 3|dataset ct has too few patients at this site",
        "minimum: 2|patients: 19|dataset ct has too few patients at this site",
        "path: ct.csv|path: .|this site cannot tell whether dataset ct has enough patients",
        "softmax|logistic|this site does not run algorithm softmax",
        "[softmax, java]|none|this site does not run algorithm softmax",
      })
  void whatItDoesNotAllowIsDeclined(String allowed, String instead, String reason)
      throws Exception {
    policy(GOOD.replace(allowed, instead));
    declined(softmax(), reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "byoc: any|byoc: none|this site runs no code that alice@uni.org (lead, uni) brings along",
        "{sandbox: unconfined}|no|this site runs no code that a job brings along",
        "{sandbox: unconfined}|yes|in a sandbox only, and has none",
        "own_code: {sandbox: unconfined}|# no word|this site runs no code that a job brings along",
        ", java]|]|does not run the code in the job's jar, sha256:",
      })
  void ownCodeIsDeclinedUnlessAllowed(String allowed, String instead, String reason)
      throws Exception {
    policy(GOOD.replace(allowed, instead));
    declined(ownCode(), reason);
    assertThat(decide(softmax())).isInstanceOf(JobDecision.Permitted.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "softmax, java]|'python:my.algos:Mine']|.|does not run the Python that the job brings"
            + " along",
        "softmax, java]|java]|.|does not run the Python that the job brings along, sha256:",
        "{sandbox: unconfined}|no|.|this site runs no code that a job brings along",
        "byoc: any|byoc: none|.|this site runs no code that alice@uni.org (lead, uni) brings along",
        "python: /|pythn: /|.|this site's policy cannot be read",
        "python: /|# /|.|this site has no Python for jobs",
        "python: /|# /||this site has no Python for jobs",
        "softmax, java]|python]||this site does not run algorithm python:my.algos:Mine",
        "softmax, java]|softmax]||this site does not run algorithm python:my.algos:Mine",
      })
  void pythonIsDeclinedUnlessAllowed(
      String allowed, String instead, @Nullable String code, String reason) throws Exception {
    policy(PYTHON.replace(allowed, instead));
    declined(python(Optional.ofNullable(code)), reason);
  }

  @Test
  void pythonIsAllowedByItsName() throws Exception {
    policy(PYTHON.replace("java]", "python]"));
    assertThat(decide(python(Optional.of(".")))).isInstanceOf(JobDecision.Permitted.class);
    assertThat(policy().python()).contains(Path.of("/usr/bin/python3"));
    policy(PYTHON.replace("java]", "'python:my.algos:Mine']"));
    assertThat(decide(python(Optional.empty()))).isInstanceOf(JobDecision.Permitted.class);
    policy(GOOD);
    assertThat(policy().python()).isEmpty();
  }

  private SignedJob python(Optional<String> code) throws Exception {
    var algorithm =
        new AlgorithmDefinition(
            AlgorithmDefinition.PYTHON,
            Optional.empty(),
            Optional.of("my.algos:Mine"),
            code,
            Optional.empty(),
            Arguments.none());
    return SignedJobs.signed(
        folder, SignedJobs.definition(algorithm, new InitialModel.Random(), "ct"), ALICE);
  }

  @Test
  void oneJarMayBeAllowedByItsHash() throws Exception {
    var job = ownCode();
    var hash = job.codeSha256().orElseThrow();
    policy(GOOD.replace("java]", "'sha256:" + hash + "']"));
    assertThat(decide(job)).isInstanceOf(JobDecision.Permitted.class);
    policy(GOOD.replace("java]", "'sha256:" + "0".repeat(64) + "']"));
    declined(job, "this site does not run the code in the job's jar, sha256:" + hash);
  }

  @Test
  void aFolderOfCodeMayBeAllowedByItsHash() throws Exception {
    var job = python(Optional.of("."));
    var listed = new StringBuilder();
    job.manifest()
        .files()
        .forEach(
            (path, file) -> listed.append(file.sha256()).append("  ").append(path).append('\n'));
    var hash = job.codeSha256().orElseThrow();
    // As the hospital computes it: sha256sum of what sha256sum prints.
    assertThat(listed.toString().lines()).hasSizeGreaterThan(1);
    assertThat(hash)
        .isEqualTo(Fingerprint.of(listed.toString().getBytes(StandardCharsets.UTF_8)).digest());
    assertThat(python(Optional.of("lib")).codeSha256())
        .contains(Fingerprint.of("a jar".getBytes(StandardCharsets.UTF_8)).digest());
    policy(PYTHON.replace("java]", "'sha256:" + hash + "']"));
    assertThat(decide(job)).isInstanceOf(JobDecision.Permitted.class);
    assertThat(softmax().codeSha256()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cpu_threads: 1|the job asks for 2 CPU threads, and this site gives 1",
        "memory: 128MiB|the job asks for 256 MiB of memory, and this site gives 128",
        "gpus: none|the job asks for 1 GPU, and this site gives 0",
        "gpus: [3]|the job asks for 1 GPU, and this site gives 0",
      })
  void aJobThatAsksForMoreThanTheSiteGivesIsDeclined(String resources, String reason)
      throws Exception {
    var asking =
        SignedJobs.signed(
            folder,
            SignedJobs.asking(new ResourceRequest(reason.contains("GPU") ? 1 : 0, 2, 256 << 20)),
            ALICE);
    policy(GOOD + "resources: {" + resources + "}\n");
    declined(asking, reason);
    policy(GOOD + "resources: {gpus: [0], cpu_threads: 2, memory: 256MiB}\n");
    assertThat(decide(asking)).isInstanceOf(JobDecision.Permitted.class);
  }

  @Test
  void filtersAreThoseOfAllScopesThatAJobIsIn() throws Exception {
    policy(
        GOOD
            + """
            privacy:
              everything: {filters: [{type: norm-clip, bound: 2}]}
              ct: {datasets: [ct], filters: [{type: norm-clip, bound: 1}]}
              others: {studies: [other], filters: [{type: norm-clip, bound: 3}]}
            """);
    var policy = policy();
    assertThat(policy.after(softmax().definition()))
        .extracting(UpdateFilter::description)
        .containsExactly("norm-clip(bound=2.0)", "norm-clip(bound=1.0)");
    policy(GOOD + "privacy: {x: {statistics: {minimum_count: 77}}}\n");
    assertThat(policy.after(softmax().definition())).isEmpty();
    assertThat(policy.statistics(softmax().definition()).orElseThrow().minimumCount())
        .isEqualTo(77);
  }

  @Test
  void whatCannotBeFilteredDoesNotLeave() throws Exception {
    var policy = policy();
    var job = softmax().definition();
    policy(GOOD + "privacy: {x: {filters: [{type: norm-clip}]}}\n");
    declined(softmax(), "this site's policy cannot be read");
    assertThat(((JobDecision.Declined) decide(softmax())).rule())
        .startsWith("site.yaml:5: privacy.x.filters: ");
    for (var text : new String[] {GOOD + "privacy: {x: {filters: [{type: clip}]}}\n", "{"}) {
      policy(text);
      assertThatExceptionOfType(FilterRefusalException.class)
          .isThrownBy(() -> policy.after(job))
          .withMessage("this site's policy cannot be read");
      assertThat(policy.statistics(job)).isEmpty();
    }
  }

  @Test
  void aSandboxIsEnoughWhereThereIsOne() throws Exception {
    policy(GOOD.replace("{sandbox: unconfined}", "yes"));
    var confining =
        new SiteFilePolicy(
            file,
            new SiteName("hospital-a"),
            "hospa",
            true,
            Machine.here(List.of()),
            LocalDecisions.NONE,
            InstantSource.system());
    assertThat(confining.decide(ownCode())).isInstanceOf(JobDecision.Permitted.class);
  }

  @Test
  void aSiteHasItsOwnSettingsForABundleAndAPlaceForSamples() throws Exception {
    var job = new JobId("018f0000-0000-7000-8000-000000000001");
    assertThat(policy().settings(bundle("zoo/spheres.zip"))).isEqualTo(Arguments.none());
    assertThat(policy().samples(job)).isEmpty();
    policy(GOOD + "bundles: {spheres: {batch_size: 1}}\nsamples: kept\n");
    var own = new Arguments(Map.of("batch_size", 1L));
    assertThat(policy().settings(bundle("zoo/spheres.zip"))).isEqualTo(own);
    assertThat(policy().settings(bundle("spheres"))).isEqualTo(own);
    assertThat(policy().settings(bundle("cubes"))).isEqualTo(Arguments.none());
    assertThat(policy().settings(softmax().definition().algorithm())).isEqualTo(Arguments.none());
    assertThat(policy().samples(job)).contains(folder.resolve("kept").resolve(job.value()));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
    assertThat(policy().settings(bundle("spheres"))).isEqualTo(Arguments.none());
    assertThat(policy().samples(job)).isEmpty();
  }

  private static AlgorithmDefinition bundle(String path) {
    return new AlgorithmDefinition(
        AlgorithmDefinition.BUNDLE,
        Optional.empty(),
        Optional.empty(),
        Optional.of(path),
        Optional.of(AlgorithmDefinition.NATIVE),
        Arguments.none());
  }

  @Test
  void aRoleWithoutTheRightIsDeclined() throws Exception {
    var member = PROJECT.identity("member", "carol@uni.org");
    var job = SignedJobs.signed(folder, SignedJobs.definition(), member);
    declined(job, "this site does not let carol@uni.org (member, uni) submit jobs");
  }

  @Test
  void aJobForOthersIsDeclined() throws Exception {
    var elsewhere =
        new SiteFilePolicy(
            file,
            new SiteName("hospital-c"),
            "hospc",
            false,
            Machine.here(List.of()),
            LocalDecisions.NONE,
            InstantSource.system());
    assertThat(elsewhere.decide(softmax()))
        .extracting(JobDecision.Declined.class::cast)
        .extracting(JobDecision.Declined::reason)
        .isEqualTo("the job was not signed for site hospital-c");
  }

  @Test
  void withoutABelievedFileNothingRuns() throws Exception {
    var job = softmax();
    var unreadable = "this site's policy cannot be read, so it runs nothing";
    policy(GOOD + "datsets: {}\n");
    assertThat(decide(job).policySha256()).isEqualTo(ModelWriter.hash(file).hex());
    declined(job, unreadable);
    policy("");
    declined(job, unreadable);
    policy(GOOD);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
    declined(job, unreadable);
    var moved = Files.move(file, folder.resolve("moved.yaml"));
    declined(job, unreadable);
    assertThat(decide(job).policySha256()).isEmpty();
    Files.setPosixFilePermissions(moved, PosixFilePermissions.fromString("rw-------"));
    Files.createSymbolicLink(file, moved);
    declined(job, unreadable);
    Files.delete(file);
    Files.move(moved, file);
    assertThat(decide(job)).isInstanceOf(JobDecision.Permitted.class);
  }

  @Test
  void whatLeavesTheSiteNamesNoPathAndNobodyElse() throws Exception {
    var job = softmax();
    for (var text :
        new String[] {
          GOOD.replace("path: ct.csv", "path: /secret/place"),
          GOOD.replace("used_by: any", "used_by: n:bob@uni.org"),
          GOOD.replace("submit_job: any", "submit_job: n:bob@uni.org"),
          GOOD.replace("softmax", "secret"),
          GOOD.replace("{ct: {", "{secret: {"),
          GOOD + "secret: 1\n",
        }) {
      policy(text);
      var declined = (JobDecision.Declined) decide(job);
      assertThat(declined.reason()).doesNotContain("secret", "bob", folder.toString());
      assertThat(declined.rule()).isNotBlank();
    }
  }

  @Test
  void aTaskNeedsAJobThatWasLetIn() throws Exception {
    var policy = policy();
    var job = softmax();
    assertThat(policy.before(job.definition(), task(job, 1, TaskKind.TRAIN)))
        .isEqualTo(new SitePolicy.Declined("this site let no such job in"));
    policy.letIn(job);
    assertThat(policy.before(job.definition(), task(job, 1, TaskKind.TRAIN)))
        .isEqualTo(new SitePolicy.Permitted(Optional.of(data), decide(job).basis()));
    assertThat(policy.before(SignedJobs.ownCode(), task(job, 1, TaskKind.TRAIN)))
        .isEqualTo(new SitePolicy.Declined("this site let no such job in"));
    policy.forget(job.id());
    assertThat(policy.before(job.definition(), task(job, 1, TaskKind.TRAIN)))
        .isEqualTo(new SitePolicy.Declined("this site let no such job in"));
  }

  @Test
  void aRoundThatWasNotSignedIsDeclined() throws Exception {
    var policy = policy();
    var job = softmax();
    policy.letIn(job);
    assertThat(policy.before(job.definition(), task(job, 3, TaskKind.TRAIN)))
        .isInstanceOf(SitePolicy.Permitted.class);
    assertThat(policy.before(job.definition(), task(job, 4, TaskKind.EVALUATE)))
        .isInstanceOf(SitePolicy.Permitted.class);
    assertThat(policy.before(job.definition(), task(job, 4, TaskKind.TRAIN)))
        .isEqualTo(new SitePolicy.Declined("round 4 of 3, but the job was signed for 3"));
    assertThat(policy.before(job.definition(), task(job, 5, TaskKind.EVALUATE)))
        .isEqualTo(new SitePolicy.Declined("round 5 of 3, but the job was signed for 3"));
    var longer = task(job, 1, TaskKind.TRAIN, 9, "hospital-a");
    assertThat(policy.before(job.definition(), longer))
        .isEqualTo(new SitePolicy.Declined("round 1 of 9, but the job was signed for 3"));
    var elsewhere = task(job, 1, TaskKind.TRAIN, 3, "hospital-b");
    assertThat(policy.before(job.definition(), elsewhere))
        .isEqualTo(new SitePolicy.Declined("this is site hospital-a, the task is for hospital-b"));
  }

  @Test
  void anEditCountsFromTheNextTaskOn() throws Exception {
    var policy = policy();
    var job = softmax();
    policy.letIn(job);
    var task = task(job, 1, TaskKind.TRAIN);
    assertThat(policy.before(job.definition(), task)).isInstanceOf(SitePolicy.Permitted.class);
    policy(GOOD.replace("softmax, ", ""));
    assertThat(policy.before(job.definition(), task))
        .isEqualTo(
            new SitePolicy.Declined(
                "this site does not run algorithm softmax", decide(job).basis()));
    policy(GOOD);
    assertThat(policy.before(job.definition(), task)).isInstanceOf(SitePolicy.Permitted.class);
  }

  @Test
  void whatStatisticsMayLeaveIsWhatTheFileSaysNow() throws Exception {
    var job = SignedJobs.definition();
    assertThat(policy().statistics(job)).contains(StatisticsRules.STANDARD);
    policy(GOOD + "privacy: {all: {statistics: {minimum_count: 50, min_max: hidden}}}\n");
    assertThat(policy().statistics(job))
        .contains(new StatisticsRules(50, 100, 10, new StatisticsRules.Hidden()));
    policy(GOOD + "privacy: {ct: {datasets: [ct], statistics: {max_bins: 5}}}\n");
    assertThat(policy().statistics(job)).map(StatisticsRules::maximumBins).contains(5);
    policy(GOOD + "privacy: {other: {studies: [other], statistics: {max_bins: 5}}}\n");
    assertThat(policy().statistics(job)).contains(StatisticsRules.STANDARD);
    policy(GOOD + "privacy: oops\n");
    assertThat(policy().statistics(job)).isEmpty();
  }

  @Test
  void ownCodeUnderApprovalWaitsForIt() throws Exception {
    policy(GOOD.replace("{sandbox: unconfined}", "{allow: approval, sandbox: unconfined}"));
    var job = ownCode();
    assertThat(decide(job))
        .isEqualTo(
            new JobDecision.AwaitsApproval(
                ModelWriter.hash(file).hex(),
                "waiting for approval at hospital-a",
                "own_code: {sandbox: unconfined, allow: approval}"));
    assertThat(decide(softmax())).isInstanceOf(JobDecision.Permitted.class);
    var approving = policy(new Decided(Optional.of(job.id()), Optional.empty(), false));
    assertThat(approving.decide(job)).isInstanceOf(JobDecision.Permitted.class);
    assertThat(approving.jobs()).extracting(SiteFilePolicy.Seen::job).containsExactly(job);
  }

  @Test
  void aJobThatTheSiteHasLeftIsDeclined() throws Exception {
    var job = softmax();
    var policy = policy(new Decided(Optional.empty(), Optional.of(job.id()), false));
    assertThat(policy.decide(job))
        .isEqualTo(
            new JobDecision.Declined(
                ModelWriter.hash(file).hex(), "this site has left the job", "ward site stop"));
  }

  @Test
  void aSiteThatIsPausedOrClosedHoldsTasksBack() throws Exception {
    var job = softmax();
    var task = task(job, 1, TaskKind.TRAIN);
    var paused = policy(new Decided(Optional.empty(), Optional.empty(), true));
    paused.letIn(job);
    assertThat(paused.before(job.definition(), task))
        .isEqualTo(new SitePolicy.Held("site hospital-a is paused"));
    assertThat(paused.capacity().closure().orElseThrow().cause())
        .isEqualTo(SiteCapacity.Cause.PAUSED);
    // The clock stands at a Sunday, 0:00 in UTC.
    policy(GOOD + "hours: {zone: UTC, open: [mon 08:00-09:00]}\n");
    var closed = policy();
    closed.letIn(job);
    assertThat(closed.before(job.definition(), task))
        .isEqualTo(new SitePolicy.Held("site hospital-a begins tasks at Mon 08:00 UTC"));
    assertThat(closed.capacity().closure().orElseThrow().until())
        .contains(Instant.parse("2026-03-02T08:00:00Z"));
    policy(GOOD + "hours: {zone: UTC, open: [sun 00:00-09:00]}\n");
    assertThat(closed.before(job.definition(), task)).isInstanceOf(SitePolicy.Permitted.class);
    policy("nothing: {}\n");
    assertThat(closed.capacity().closure().orElseThrow().cause())
        .isEqualTo(SiteCapacity.Cause.POLICY);
  }

  @Test
  void aSiteTakesPartInSoManyJobsAtOnce() throws Exception {
    policy(GOOD + "resources: {max_jobs: 1}\n");
    var policy = policy();
    var first = softmax();
    var second = softmax();
    policy.letIn(first);
    policy.letIn(second);
    assertThat(policy.before(second.definition(), task(second, 1, TaskKind.TRAIN)))
        .isInstanceOf(SitePolicy.Permitted.class);
    assertThat(policy.before(first.definition(), task(first, 1, TaskKind.TRAIN)))
        .isEqualTo(new SitePolicy.Held("site hospital-a takes part in 1 jobs at once"));
    long seen = policy.changeCount();
    policy.forget(second.id());
    policy.await(seen);
    assertThat(policy.before(first.definition(), task(first, 1, TaskKind.TRAIN)))
        .isInstanceOf(SitePolicy.Permitted.class);
  }

  @Test
  void codeIsConfinedUnlessTheFileSaysOtherwise() throws Exception {
    var own = ownCode().definition();
    policy(GOOD.replace("{sandbox: unconfined}", "yes") + "resources: {task_time: 2h}\n");
    assertThat(policy().limits(own))
        .isEqualTo(
            new TaskLimits(
                Duration.ofHours(2), Optional.of(new TaskLimits.Confinement(4L << 30, 512))));
    assertThat(policy().limits(softmax().definition()).confinement()).isEmpty();
    policy(GOOD);
    assertThat(policy().limits(own).confinement()).isEmpty();
    policy("{");
    assertThat(policy().limits(own).confinement()).isPresent();
  }

  /// What people may have decided.
  private record Decided(Optional<JobId> approved, Optional<JobId> left, boolean paused)
      implements LocalDecisions {

    @Override
    public boolean isApproved(SignedJob job) {
      return approved.equals(Optional.of(job.id()));
    }

    @Override
    public boolean hasLeft(JobId job) {
      return left.equals(Optional.of(job));
    }

    @Override
    public Optional<String> pausedBy() {
      return paused ? Optional.of("carol") : Optional.empty();
    }
  }

  private SignedJob softmax() throws Exception {
    return SignedJobs.signed(folder, SignedJobs.definition(), ALICE);
  }

  private SignedJob ownCode() throws Exception {
    return SignedJobs.signed(folder, SignedJobs.ownCode(), ALICE);
  }

  private static TaskAssignment task(SignedJob job, int round, TaskKind kind) {
    return task(job, round, kind, 3, "hospital-a");
  }

  private static TaskAssignment task(
      SignedJob job, int round, TaskKind kind, int totalRounds, String site) {
    return new TaskAssignment(
        new TaskKey(job.id(), round, 0, new SiteName(site)),
        kind,
        Optional.of(new ModelHash("ab".repeat(32))),
        totalRounds,
        WeightType.DIFF,
        TaskAssignment.GLOBAL);
  }

  private void policy(String text) throws IOException {
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
  }

  private SiteFilePolicy policy() {
    return policy(LocalDecisions.NONE);
  }

  private SiteFilePolicy policy(LocalDecisions decisions) {
    return new SiteFilePolicy(
        file,
        new SiteName("hospital-a"),
        "hospa",
        false,
        new Machine(List.of(0), 2, 1L << 30),
        decisions,
        InstantSource.fixed(Instant.parse("2026-03-01T00:00:00Z")));
  }

  private JobDecision decide(SignedJob job) {
    return policy().decide(job);
  }

  private void declined(SignedJob job, String reason) {
    assertThat(decide(job)).isInstanceOf(JobDecision.Declined.class);
    assertThat(((JobDecision.Declined) decide(job)).reason()).contains(reason);
  }
}
