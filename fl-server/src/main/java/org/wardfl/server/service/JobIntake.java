package org.wardfl.server.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.model.ModelFileException;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.certs.LeafProfile;
import org.wardfl.certs.Peer;
import org.wardfl.certs.TrustAnchors;
import org.wardfl.certs.archive.ArchiveException;
import org.wardfl.certs.archive.SignedArchive;
import org.wardfl.certs.manifest.FileEntry;
import org.wardfl.certs.manifest.SignedManifest;
import org.wardfl.proto.WireException;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.job.JobCodec;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.job.JobManifest;
import org.wardfl.proto.job.PackageReference;
import org.wardfl.provisioning.audit.AuditEntry;
import org.wardfl.provisioning.audit.AuditLog;
import org.wardfl.provisioning.kit.Participants;
import org.wardfl.server.Coordinator;
import org.wardfl.server.NewJob;
import org.wardfl.server.result.RunRecord;
import org.wardfl.server.store.BlobStore;

/// Takes a job's package: verifies it as every site will, and hands the job to the coordinator.
///
/// What the server finds wrong, the sites would find wrong too; finding it here saves them the
/// trouble. What it lets pass, they judge for themselves.
public final class JobIntake {

  private final Coordinator coordinator;
  private final BlobStore blobs;
  private final Path scratch;
  private final Supplier<TrustAnchors> trust;
  private final Supplier<Participants> participants;
  private final InstantSource clock;

  /// An intake.
  ///
  /// @param scratch a folder on the same file system as the blobs
  public JobIntake(
      Coordinator coordinator,
      BlobStore blobs,
      Path scratch,
      Supplier<TrustAnchors> trust,
      Supplier<Participants> participants,
      InstantSource clock) {
    this.coordinator = coordinator;
    this.blobs = blobs;
    this.scratch = scratch;
    this.trust = trust;
    this.participants = participants;
    this.clock = clock;
  }

  /// Takes a job. The same package again changes nothing.
  ///
  /// @param audit records the job before it is taken
  /// @return the job's id
  JobId submit(Peer caller, PackageReference reference, AuditLog audit)
      throws Calls.Refused, IOException {
    requireFreshLists();
    var file =
        blobs
            .find(reference.hash())
            .orElseThrow(
                () -> new Calls.Refused(Reason.NOT_FOUND, "the package was not stored before"));
    var now = clock.instant();
    try (var archive =
        SignedArchive.open(file, JobManifest.TYPE, trust.get(), Set.of(LeafProfile.USER), now)) {
      var verified = archive.verified();
      var files = verified.manifest().files();
      var job =
          JobManifest.fromContext(
              verified.manifest().context(),
              verified.manifest().sizes(),
              verified.signer().name().uri(),
              now);
      requireSigner(caller, verified);
      requireSites(job);
      // Every site would refuse what is spliced; so nobody is asked.
      archive.check();
      var id = job.submission().job();
      if (coordinator.isDeleted(id)) {
        throw new Calls.Refused(Reason.JOB_REFUSED, "job " + id + " was deleted; clone it");
      }
      var known = coordinator.packageOf(id);
      if (known.isPresent()) {
        requireSame(known.get(), reference, job, files);
        return id;
      }
      requireSmall(job);
      var model = initialModel(archive, job, files);
      audit.record(
          AuditEntry.done(caller.name().uri(), "submit", id.value())
              .inStudy(job.definition().study())
              .onHash(reference.hash().hex())
              .saying("a job's package"));
      coordinator.submit(
          new NewJob(
              id,
              job.definition(),
              Submitter.of(verified.signer()).text(),
              model,
              Optional.of(reference)));
      return id;
    } catch (ArchiveException | WireException e) {
      throw new Calls.Refused(Reason.JOB_REFUSED, String.valueOf(e.getMessage()));
    }
  }

  /// Believes a job's manifest without its files, for whoever asks what would become of it.
  JobManifest believed(Peer caller, byte[] signedManifest) throws Calls.Refused {
    requireFreshLists();
    var now = clock.instant();
    try {
      var verified =
          SignedArchive.verify(
              signedManifest, JobManifest.TYPE, trust.get(), Set.of(LeafProfile.USER), now);
      var job =
          JobManifest.fromContext(
              verified.manifest().context(),
              verified.manifest().sizes(),
              verified.signer().name().uri(),
              now);
      requireSigner(caller, verified);
      requireSites(job);
      requireSmall(job);
      return job;
    } catch (ArchiveException | WireException e) {
      throw new Calls.Refused(Reason.JOB_REFUSED, String.valueOf(e.getMessage()));
    }
  }

  private static void requireSigner(Peer caller, SignedManifest.Verified verified)
      throws Calls.Refused {
    if (!verified.signer().name().equals(caller.name())) {
      throw new Calls.Refused(
          Reason.IMPERSONATION,
          "the job was signed by " + verified.signer().name() + "; whoever submits a job signs it");
    }
  }

  /// No signature would be believed below; here the remedy is told.
  private void requireFreshLists() throws Calls.Refused {
    var due = trust.get().freshUntil();
    if (!clock.instant().isBefore(due)) {
      throw new Calls.Refused(
          Reason.JOB_REFUSED,
          "the server takes no new jobs: its revocation lists were due anew at "
              + due
              + "; the project admin runs 'ward cert refresh' and 'ward cert push'");
    }
  }

  private void requireSites(JobManifest job) throws Calls.Refused {
    var sites = participants.get().sites().keySet();
    for (var site : job.definition().sites()) {
      if (!sites.contains(site.value())) {
        throw new Calls.Refused(
            Reason.JOB_REFUSED,
            "the job is for site "
                + site
                + ", which does not take part; expected some of "
                + sites);
      }
    }
  }

  private static void requireSmall(JobManifest job) throws Calls.Refused {
    var objection = JobCodec.objection(job.definition());
    if (objection.isPresent()) {
      throw new Calls.Refused(Reason.JOB_REFUSED, objection.get());
    }
  }

  /// The same job, signed once more, is the same submission; another job under its id is none.
  private void requireSame(
      PackageReference known,
      PackageReference reference,
      JobManifest job,
      Map<String, FileEntry> files)
      throws Calls.Refused, IOException {
    var id = job.submission().job();
    if (known.equals(reference)) {
      return;
    }
    var at = coordinator.show(id).map(RunRecord::submitted).orElseGet(clock::instant);
    var file = coordinator.fetch(known.hash());
    try (var archive =
        SignedArchive.open(file, JobManifest.TYPE, trust.get(), Set.of(LeafProfile.USER), at)) {
      var earlier = archive.verified();
      var before =
          JobManifest.fromContext(
              earlier.manifest().context(),
              earlier.manifest().sizes(),
              earlier.signer().name().uri(),
              at);
      if (!before.definition().equals(job.definition())
          || !before.submitter().equals(job.submitter())
          || !earlier.manifest().files().equals(files)) {
        throw new Calls.Refused(
            Reason.JOB_REFUSED,
            "another job was submitted before as "
                + id
                + "; submit this one without that token, or with another");
      }
    } catch (ArchiveException | WireException e) {
      throw new Calls.Refused(
          Reason.JOB_REFUSED,
          "job " + id + " was submitted before, and cannot be compared: " + e.getMessage());
    }
  }

  private Optional<ModelHash> initialModel(
      SignedArchive archive, JobManifest job, Map<String, FileEntry> files)
      throws ArchiveException, IOException, Calls.Refused {
    if (job.initialModel().isEmpty()) {
      return Optional.empty();
    }
    var entry = files.get(job.initialModel().get());
    if (entry == null) {
      throw new ArchiveException("the first model is not in the package");
    }
    var hash = new ModelHash(entry.sha256());
    if (blobs.find(hash).isEmpty()) {
      var copy = scratch.resolve("first-" + job.submission().job());
      Files.deleteIfExists(copy);
      archive.copy(entry, copy);
      try (var _ = ModelFile.open(copy)) {
        blobs.adopt(copy, hash);
      } catch (ModelFileException e) {
        throw new Calls.Refused(
            Reason.JOB_REFUSED, "initial_model is no model file: " + e.getMessage());
      } finally {
        Files.deleteIfExists(copy);
      }
    }
    return Optional.of(hash);
  }
}
