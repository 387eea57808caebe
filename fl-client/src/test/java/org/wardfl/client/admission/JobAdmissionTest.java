package org.wardfl.client.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.wardfl.certs.CertifiedProject.NOW;
import static org.wardfl.client.job.SignedJobs.ALICE;
import static org.wardfl.client.job.SignedJobs.PROJECT;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.SiteName;
import org.wardfl.certs.TrustAnchors;
import org.wardfl.client.audit.SiteAudit;
import org.wardfl.client.job.SignedJobs;
import org.wardfl.client.policy.LocalDecisions;
import org.wardfl.client.policy.Machine;
import org.wardfl.client.policy.SiteFilePolicy;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.job.Submission;

class JobAdmissionTest {

  private static final String GOOD =
      """
      rights: {lead: any}
      datasets: {ct: {path: ct.csv, minimum: 1, used_by: any}}
      algorithms: any
      """;

  @TempDir private Path folder;
  private final MemorySeenJobs seen = new MemorySeenJobs();
  private final AtomicReference<Instant> now = new AtomicReference<>(NOW);
  private final AtomicReference<TrustAnchors> trust = new AtomicReference<>(PROJECT.anchors());
  private final Submission submission = SignedJobs.submission();
  private final JobId id = submission.job();
  private Path file = Path.of("none");
  private Path jobs = Path.of("none");

  @BeforeEach
  void pack() throws Exception {
    Files.writeString(folder.resolve("ct.csv"), "age\n50\n");
    policy(GOOD);
    file = SignedJobs.pack(folder, SignedJobs.definition(), submission, ALICE);
    jobs = folder.resolve("jobs");
  }

  @Test
  void aJobIsLetInAndKnownFromThenOn() throws Exception {
    var admission = admission();
    assertThat(admission.known(id)).isEmpty();
    var admitted = admitted(admission.admit(id, file));
    assertThat(admitted.job().definition()).isEqualTo(SignedJobs.definition());
    assertThat(admitted.folder().resolve("job.yaml")).hasContent("name: demo\n");
    assertThat(admitted.folder().resolve("data")).doesNotExist();
    assertThat(admitted.basis().policySha256()).hasSize(64);
    assertThat(admission.known(id)).contains(admitted);
    assertThat(admission.admit(id, file)).isEqualTo(admitted);
  }

  @Test
  void aRestartChangesNothing() throws Exception {
    var admitted = admitted(admission().admit(id, file));
    assertThat(admission().known(id)).contains(admitted);
    assertThat(admission().admit(id, file)).isEqualTo(admitted);
  }

  @Test
  void anEndedJobIsNotLetInAgain() throws Exception {
    var admission = admission();
    admitted(admission.admit(id, file));
    admission.end(id);
    assertThat(jobs).isEmptyDirectory();
    assertThat(admission.known(id)).isEmpty();
    refused(admission.admit(id, file), "this job was let in here before");
    refused(admission().admit(id, file), "this job was let in here before");
    assertThat(jobs).isEmptyDirectory();
  }

  @Test
  void oneIdOrNonceIsForOneJobOnly() throws Exception {
    var admission = admission();
    admitted(admission.admit(id, file));
    var other = SignedJobs.submission();
    var sameId = new Submission(id, other.created(), other.expires(), other.nonce());
    refused(admission.admit(id, packed(sameId)), "this job was let in here before");
    var sameNonce =
        new Submission(other.job(), other.created(), other.expires(), submission.nonce());
    refused(admission.admit(other.job(), packed(sameNonce)), "this job was let in here before");
    admitted(admission.known(id).orElseThrow());
  }

  @Test
  void theServerCannotPassOneJobOffAsAnother() throws Exception {
    var other = SignedJobs.submission().job();
    refused(admission().admit(other, file), "the package is that of another job, " + id);
    assertThat(jobs).isEmptyDirectory();
  }

  @Test
  void nothingIsUnpackedOfAJobThatIsDeclined() throws Exception {
    policy(GOOD.replace("any", "none"));
    var admission = admission();
    refused(admission.admit(id, file), "this site does not let alice@uni.org (lead, uni) submit");
    assertThat(jobs).isEmptyDirectory();
    policy(GOOD);
    admitted(admission.admit(id, file));
  }

  @Test
  void aJobStopsWhenItIsNoLongerAllowed() throws Exception {
    var admission = admission();
    admitted(admission.admit(id, file));
    policy(GOOD.replace("lead: any", "lead: none"));
    refused(admission.known(id).orElseThrow(), "submit jobs");
    policy(GOOD);
    admitted(admission.known(id).orElseThrow());
    trust.set(PROJECT.anchors(ALICE));
    refused(admission.known(id).orElseThrow(), "has been revoked");
    refused(admission.admit(id, file), "has been revoked");
    trust.set(PROJECT.anchors());
    now.set(NOW.plus(Duration.ofDays(7)));
    refused(admission.known(id).orElseThrow(), "expired at");
  }

  @Test
  void aChangedPackageLeavesNothing() throws Exception {
    var bytes = Files.readAllBytes(file);
    bytes[bytes.length - 300]++;
    Files.write(file, bytes);
    assertThat(admission().admit(id, file)).isInstanceOf(Admission.Refused.class);
    Files.write(file, new byte[1], StandardOpenOption.TRUNCATE_EXISTING);
    refused(admission().admit(id, file), "the archive ends in the middle");
    assertThat(jobs).isEmptyDirectory();
  }

  @Test
  void aCrashBeforeItIsLetInLeavesNothing() throws Exception {
    Files.createDirectories(jobs.resolve(id + ".part/lib"));
    Files.createDirectories(jobs.resolve(id.value()));
    Files.writeString(jobs.resolve(id.value()).resolve("job.yaml"), "name: evil\n");
    var admission = admission();
    assertThat(jobs).isEmptyDirectory();
    var admitted = admitted(admission.admit(id, file));
    assertThat(admitted.folder().resolve("job.yaml")).hasContent("name: demo\n");
  }

  @Test
  void aCrashBeforeItIsRememberedDoesNotLockItOut() throws Exception {
    seen.fill(true);
    var admission = admission();
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> admission.admit(id, file));
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> admission.known(id));
    seen.fill(false);
    var restarted = admission();
    admitted(restarted.known(id).orElseThrow());
    restarted.end(id);
    refused(restarted.admit(id, file), "this job was let in here before");
  }

  @Test
  void filesThatWereChangedAreUnpackedAgain() throws Exception {
    var admitted = admitted(admission().admit(id, file));
    Files.writeString(admitted.folder().resolve("lib/own.jar"), "evil!");
    var restarted = admission();
    assertThat(restarted.known(id)).isEmpty();
    assertThat(restarted.admit(id, file)).isEqualTo(admitted);
    assertThat(admitted.folder().resolve("lib/own.jar")).hasContent("a jar");
    Files.writeString(admitted.folder().resolve("extra"), "");
    assertThat(admission().known(id)).isEmpty();
  }

  @Test
  void manyThreadsAreToldTheSame() throws Exception {
    var admission = admission();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers = new ArrayList<Future<Admission>>();
      for (int i = 0; i < 16; i++) {
        answers.add(threads.submit(() -> admission.admit(id, file)));
      }
      for (var answer : answers) {
        admitted(answer.get());
      }
    }
  }

  private JobAdmission admission() throws IOException {
    var policy =
        new SiteFilePolicy(
            folder.resolve("site.yaml"),
            new SiteName("hospital-a"),
            "hospa",
            false,
            Machine.here(List.of()),
            LocalDecisions.NONE,
            InstantSource.system());
    return new JobAdmission(jobs, trust::get, now::get, policy, seen, SiteAudit.NONE);
  }

  private Path packed(Submission other) throws Exception {
    return SignedJobs.pack(folder, SignedJobs.definition(), other, ALICE);
  }

  private void policy(String text) throws IOException {
    var path = Files.writeString(folder.resolve("site.yaml"), text);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r--r--"));
  }

  private static Admission.Admitted admitted(Admission answer) {
    assertThat(answer).isInstanceOf(Admission.Admitted.class);
    return (Admission.Admitted) answer;
  }

  private static void refused(Admission answer, String reason) {
    assertThat(answer).isInstanceOf(Admission.Refused.class);
    assertThat(((Admission.Refused) answer).reason()).contains(reason);
  }
}
