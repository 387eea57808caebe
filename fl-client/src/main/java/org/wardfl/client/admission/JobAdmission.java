package org.wardfl.client.admission;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardfl.certs.PrivateFile;
import org.wardfl.certs.TrustAnchors;
import org.wardfl.certs.archive.StagedFolder;
import org.wardfl.certs.manifest.Difference;
import org.wardfl.certs.manifest.FolderComparison;
import org.wardfl.client.audit.SiteAudit;
import org.wardfl.client.job.JobPackage;
import org.wardfl.client.job.JobPackageException;
import org.wardfl.client.job.SignedJob;
import org.wardfl.client.policy.JobDecision;
import org.wardfl.client.policy.SiteFilePolicy;
import org.wardfl.proto.job.JobId;

/// Lets a job in, once: its package is verified, the site's policy asked, and only then anything
/// unpacked.
///
/// In its folder a job has a signed manifest, which says that it was let in and has not ended, and
/// its files. The manifest is written when the files are complete, and the job is remembered as
/// seen after that and before it is answered for: a crash at any point leaves a job that can be let
/// in again, or one that is let in. Signature, expiry, revocation and policy are asked again with
/// every answer. Safe for many threads; one process per folder.
public final class JobAdmission {

  private static final Logger LOG = LoggerFactory.getLogger(JobAdmission.class);
  private static final String MANIFEST = ".manifest";
  private static final String WAITING = ".waiting";
  private static final int LOCKS = 64;

  private final Path folder;
  private final Supplier<TrustAnchors> trust;
  private final InstantSource clock;
  private final SiteFilePolicy policy;
  private final SeenJobs seen;
  private final SiteAudit audit;
  private final Object[] locks = Stream.generate(Object::new).limit(LOCKS).toArray();
  // Compared with their manifests by this process; once is enough for a folder of its own.
  private final Set<JobId> compared = ConcurrentHashMap.newKeySet();

  /// Opens the folder, and clears away what an earlier process did not finish there.
  ///
  /// @param folder for this site's jobs alone; made if it is not there
  /// @param trust whom the site believes at the moment
  /// @param policy the site's last word
  /// @param seen the jobs of earlier times
  /// @param audit where each decision is recorded
  /// @throws IOException if it cannot be made or cleared
  public JobAdmission(
      Path folder,
      Supplier<TrustAnchors> trust,
      InstantSource clock,
      SiteFilePolicy policy,
      SeenJobs seen,
      SiteAudit audit)
      throws IOException {
    this.folder = folder;
    this.trust = trust;
    this.clock = clock;
    this.policy = policy;
    this.seen = seen;
    this.audit = audit;
    PrivateFile.createFolder(folder);
    StagedFolder.sweep(folder);
    try (var entries = Files.newDirectoryStream(folder, Files::isDirectory)) {
      for (var entry : entries) {
        if (!Files.exists(folder.resolve(entry.getFileName() + MANIFEST))) {
          StagedFolder.delete(entry);
        }
      }
    }
  }

  /// The answer for a job that was let in here before and has not ended; empty if its package is
  /// needed.
  ///
  /// @throws IOException if its files cannot be read
  public Optional<Admission> known(JobId id) throws IOException {
    synchronized (lock(id)) {
      if (!Files.exists(manifest(id))) {
        return stillWaiting(id);
      }
      try {
        var job = SignedJob.verify(Files.readAllBytes(manifest(id)), trust.get(), clock.instant());
        if (!job.id().equals(id) || !isUnchanged(job)) {
          return Optional.empty();
        }
        var answer = decided(job);
        if (answer instanceof Admission.Admitted) {
          letIn(job);
        }
        return Optional.of(answer);
      } catch (JobPackageException e) {
        return Optional.of(refused(id, e));
      }
    }
  }

  /// Verifies and decides about the jobs that are let in or wait for approval here, so that the
  /// policy knows them while the server is away.
  ///
  /// @throws IOException if their manifests cannot be read
  public void recall() throws IOException {
    try (var manifests = Files.newDirectoryStream(folder, "*{" + MANIFEST + "," + WAITING + "}")) {
      for (var manifest : manifests) {
        try {
          var _ =
              policy.decide(
                  SignedJob.verify(Files.readAllBytes(manifest), trust.get(), clock.instant()));
        } catch (JobPackageException e) {
          LOG.atDebug().addKeyValue("manifest", manifest).setCause(e).log("job refused");
        }
      }
    }
  }

  /// The answer for a job that waits for approval; empty if it need not wait any more, since then
  /// its package is needed.
  private Optional<Admission> stillWaiting(JobId id) throws IOException {
    if (!Files.exists(waiting(id))) {
      return Optional.empty();
    }
    try {
      var job = SignedJob.verify(Files.readAllBytes(waiting(id)), trust.get(), clock.instant());
      var answer = decided(job);
      return job.id().equals(id) && !(answer instanceof Admission.Admitted)
          ? Optional.of(answer)
          : Optional.empty();
    } catch (JobPackageException e) {
      return Optional.of(refused(id, e));
    }
  }

  /// Lets a job in from its package, or says why not.
  ///
  /// @param expected the job that the server spoke of
  /// @param file its package, believed by nobody yet; stays where it is
  /// @throws IOException if the package cannot be read or unpacked; the job is not let in then
  public Admission admit(JobId expected, Path file) throws IOException {
    synchronized (lock(expected)) {
      try (var opened = JobPackage.open(file, trust.get(), clock)) {
        var job = opened.job();
        if (!job.id().equals(expected)) {
          return refused(expected, "the package is that of another job, " + job.id());
        }
        if (!isLetIn(opened) && seen.contains(job.id(), job.job().submission().nonce())) {
          return refused(expected, "this job was let in here before, and is not let in again");
        }
        var answer = decided(job);
        switch (answer) {
          case Admission.Admitted admitted -> {
            audit.admitted(job, admitted.basis());
            unpack(opened);
            letIn(job);
            Files.deleteIfExists(waiting(expected));
          }
          case Admission.Waiting _ -> PrivateFile.write(waiting(expected), opened.signedManifest());
          case Admission.Refused _ -> {}
        }
        return answer;
      } catch (JobPackageException e) {
        return refused(expected, e);
      }
    }
  }

  /// Forgets a job that has ended, but not that it was here.
  ///
  /// @throws IOException if its files cannot be deleted
  public void end(JobId id) throws IOException {
    synchronized (lock(id)) {
      compared.remove(id);
      policy.forget(id);
      Files.deleteIfExists(waiting(id));
      Files.deleteIfExists(manifest(id));
      StagedFolder.delete(files(id));
    }
  }

  private Object lock(JobId id) {
    return locks[Math.floorMod(id.hashCode(), LOCKS)];
  }

  private Path files(JobId id) {
    return folder.resolve(id.value());
  }

  private Path waiting(JobId id) {
    return folder.resolve(id.value() + WAITING);
  }

  private Path manifest(JobId id) {
    return folder.resolve(id.value() + MANIFEST);
  }

  private Admission decided(SignedJob job) {
    return switch (policy.decide(job)) {
      case JobDecision.Permitted permitted ->
          new Admission.Admitted(job, files(job.id()), permitted.basis());
      case JobDecision.AwaitsApproval(_, var reason, _) -> {
        LOG.atInfo()
            .addKeyValue("job", job.id())
            .addKeyValue("submitter", job.submitter())
            .log("job waits for approval; see: ward site jobs");
        yield new Admission.Waiting(reason);
      }
      case JobDecision.Declined declined -> {
        LOG.atWarn()
            .addKeyValue("job", job.id())
            .addKeyValue("submitter", job.submitter())
            .addKeyValue("rule", declined.rule())
            .addKeyValue("policy", declined.policySha256())
            .log("job declined");
        audit.declined(job, declined.basis(), declined.reason());
        yield new Admission.Refused(declined.reason());
      }
    };
  }

  private void letIn(SignedJob job) throws IOException {
    var submission = job.job().submission();
    if (!seen.contains(submission.job(), submission.nonce())) {
      seen.remember(submission.job(), submission.nonce(), submission.expires());
    }
    policy.letIn(job);
  }

  private Admission refused(JobId id, JobPackageException e) {
    return refused(id, "this site does not accept the job: " + e.getMessage());
  }

  private Admission refused(JobId id, String reason) {
    LOG.atWarn().addKeyValue("job", id).addKeyValue("reason", reason).log("job refused");
    audit.notAJob(id, reason);
    return new Admission.Refused(reason);
  }

  private boolean isLetIn(JobPackage opened) throws IOException {
    var manifest = manifest(opened.job().id());
    return Files.exists(manifest)
        && Arrays.equals(Files.readAllBytes(manifest), opened.signedManifest());
  }

  private void unpack(JobPackage opened) throws JobPackageException, IOException {
    var job = opened.job();
    if (isLetIn(opened) && isUnchanged(job)) {
      return;
    }
    StagedFolder.delete(files(job.id()));
    opened.extract(files(job.id()));
    PrivateFile.write(manifest(job.id()), opened.signedManifest());
    compared.add(job.id());
  }

  private boolean isUnchanged(SignedJob job) throws IOException {
    if (!Files.isDirectory(files(job.id()))) {
      return false;
    }
    if (compared.contains(job.id())) {
      return true;
    }
    var differences = FolderComparison.compare(job.manifest(), files(job.id()), _ -> false);
    differences.stream()
        .map(Difference::sentence)
        .forEach(sentence ->
            LOG.atWarn()
                .addKeyValue("job", job.id())
                .addKeyValue("difference", sentence)
                .log("a job's files are not what was signed; they are unpacked again"));
    if (differences.isEmpty()) {
      compared.add(job.id());
    }
    return differences.isEmpty();
  }
}
