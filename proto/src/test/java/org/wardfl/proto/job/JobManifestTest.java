package org.wardfl.proto.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardfl.proto.WireException;

class JobManifestTest {

  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00.123Z");
  private static final String ALICE = "ward://chest_ct/lead/alice%40uni.org";
  private static final Map<String, Long> FILES = Map.of("job.yaml", 10L, "model.safetensors", 99L);

  @Test
  void aJobReadsBackFromItsContext() throws Exception {
    var manifest = manifest(JobCodecTest.fullJob());
    var context = manifest.toContext();
    assertThat(read(context)).isEqualTo(manifest);
    assertThat(context)
        .containsEntry("sites", "site-1,site-2")
        .containsEntry("rounds", "20")
        .containsEntry("seed", "-7")
        .containsEntry("submitter", ALICE)
        .containsEntry("created", "2026-11-23T12:00:00.123Z")
        .containsEntry("expires", "2026-11-30T12:00:00.123Z");
    assertThat(manifest(JobCodecTest.fullJob()).toContext().get("definition"))
        .isEqualTo(context.get("definition"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "version",
        "job",
        "study",
        "submitter",
        "sites",
        "rounds",
        "seed",
        "definition",
        "created",
        "expires",
        "nonce"
      })
  void everyFieldIsNeeded(String key) {
    var context = context();
    context.remove(key);
    refused(context, "'" + key + "'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "version|2|of another version, expected 1",
        "job|01985f3e-0000-4000-8000-000000000000|expected a UUID of version 7",
        "job|x|not a job id",
        "study|other|at 'study'",
        "submitter|ward://chest_ct/lead/bob%40uni.org|signed by ward://chest_ct/lead/alice",
        "sites|site-1,site-2,site-3|at 'sites'",
        "sites|site-2,site-1|at 'sites'",
        "rounds|21|at 'rounds'",
        "rounds|020|at 'rounds'",
        "seed|7|at 'seed'",
        "definition|AAAA|the signed manifest is none of a job",
        "definition|%%%|the signed manifest is none of a job",
        "created|yesterday|the signed manifest is none of a job",
        "created|2026-11-23T12:10:00Z|check the clocks",
        "created|2026-11-23T12:00:00.123000000Z|at 'created'",
        "expires|2026-11-23T12:00:00Z|expected a later time",
        "expires|2027-11-23T12:00:00Z|at most 90 days later",
        "nonce|abc|expected 32 lower-case hexadecimal digits",
        "more|1|has 'more', which no job has",
      })
  void aFieldThatSaysSomethingElseIsRefused(String key, String value, String message) {
    var context = context();
    context.put(key, value);
    refused(context, message);
  }

  @Test
  void anotherSpellingOfTheSameJobIsRefused() {
    var context = context();
    var bytes = Base64.getDecoder().decode(Objects.requireNonNull(context.get("definition")));
    // Protocol buffers ignore an unknown field (here number 100, a zero) behind the known ones.
    var longer = java.util.Arrays.copyOf(bytes, bytes.length + 3);
    longer[bytes.length] = (byte) 0xa0;
    longer[bytes.length + 1] = 0x06;
    context.put("definition", Base64.getEncoder().encodeToString(longer));
    refused(context, "at 'definition'");
  }

  @Test
  void noMutationOfTheTypedJobIsTakenForIt() {
    var random = new Random(20261123);
    var bytes = Base64.getDecoder().decode(Objects.requireNonNull(context().get("definition")));
    for (int i = 0; i < 5_000; i++) {
      var mutant = bytes.clone();
      for (int changes = random.nextInt(3); changes >= 0; changes--) {
        mutant[random.nextInt(mutant.length)] = (byte) random.nextInt(256);
      }
      var context = context();
      context.put("definition", Base64.getEncoder().encodeToString(mutant));
      try {
        // What is still a job in its one spelling, is a job that somebody could have signed.
        assertThat(read(context).toContext()).as("mutation %d", i).isEqualTo(context);
      } catch (WireException e) {
        assertThat(e.getMessage()).as("mutation %d", i).isNotBlank();
      }
    }
  }

  @Test
  void itCountsUntilItExpires() throws Exception {
    var context = context();
    var end = NOW.plus(Duration.ofDays(7));
    JobManifest.fromContext(context, FILES, ALICE, end.minusMillis(1));
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> JobManifest.fromContext(context, FILES, ALICE, end))
        .withMessage("the job expired at " + end);
  }

  @Test
  void theFilesThatItNamesMustBeThere() {
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> JobManifest.fromContext(context(), Map.of("job.yaml", 1L), ALICE, NOW))
        .withMessageContaining("initial_model: 'model.safetensors' is not among the job's files");
    var small = manifest(JobCodecTest.smallJob());
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> small.requireFiles(FILES))
        .withMessageContaining("algorithm.jar: 'a.jar' is not among the job's files");
  }

  @Test
  void onlyTheFirstModelMayBeLarge() throws Exception {
    var manifest = manifest(JobCodecTest.fullJob());
    var files = new TreeMap<>(FILES);
    files.put("model.safetensors", 2L << 30);
    files.put("a", 256L << 20);
    files.put("b", (256L << 20) - 10);
    manifest.requireFiles(files);
    files.put("c", 1L);
    tooLarge(manifest, files, "files of more than 536870912 bytes together");
    files.put("a", (256L << 20) + 1);
    tooLarge(manifest, files, "file 'a' of 268435457 bytes, expected at most 268435456");
    files.put("a", Long.MAX_VALUE);
    tooLarge(manifest, files, "file 'a' of");
    files.put("a", 0L);
    files.put("model.safetensors", (2L << 30) + 1);
    tooLarge(manifest, files, "file 'model.safetensors' of 2147483649 bytes");
  }

  private static void tooLarge(JobManifest manifest, Map<String, Long> files, String message) {
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> manifest.requireFiles(files))
        .withMessageContaining(message);
  }

  @Test
  void everySubmissionIsAnother() {
    var clock = InstantSource.fixed(NOW);
    var nonces = new HashSet<String>();
    var ids = new HashSet<JobId>();
    for (int i = 0; i < 100; i++) {
      var submission = Submission.create(clock, Duration.ofDays(90));
      nonces.add(submission.nonce());
      ids.add(submission.job());
    }
    assertThat(nonces).hasSize(100);
    assertThat(ids).hasSize(100);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Submission.create(clock, Duration.ofDays(91)));
    assertThatIllegalArgumentException().isThrownBy(() -> Submission.create(clock, Duration.ZERO));
  }

  @Test
  void aSubmissionLastsAsLongAsItsJobMay() {
    var submission = Submission.create(InstantSource.fixed(NOW), JobCodecTest.fullJob());
    assertThat(submission.expires()).isEqualTo(NOW.plus(Duration.ofDays(15)));
  }

  @Test
  void idsSortByTime() {
    var random = new Random(1);
    var id = JobId.create(Instant.ofEpochMilli(0x0123456789abL), random).value();
    assertThat(id).matches("01234567-89ab-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    assertThat(JobId.create(Instant.ofEpochMilli(0x0123456789acL), random).value())
        .isGreaterThan(id);
  }

  private static JobManifest manifest(JobDefinition definition) {
    var id = JobId.create(NOW, new Random(7));
    var submission =
        new Submission(id, NOW, NOW.plus(Duration.ofDays(7)), "0123456789abcdef".repeat(2));
    return new JobManifest(submission, definition, ALICE);
  }

  private static Map<String, String> context() {
    return new HashMap<>(manifest(JobCodecTest.fullJob()).toContext());
  }

  private static JobManifest read(Map<String, String> context) throws WireException {
    return JobManifest.fromContext(context, FILES, ALICE, NOW);
  }

  private static void refused(Map<String, String> context, String message) {
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> read(context))
        .withMessageContaining(message);
  }
}
