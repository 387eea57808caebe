package org.wardfl.server.service;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.proto.WireException;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.task.TaskCodec;
import org.wardfl.proto.wire.FileReference;
import org.wardfl.provisioning.rights.AuthorizationPolicy;
import org.wardfl.provisioning.rights.Right;
import org.wardfl.server.Coordinator;
import org.wardfl.server.result.RunRecord;
import org.wardfl.server.store.BlobStore;
import org.wardfl.server.transport.PeerGate;

/// Who may send and get which file. A hash is a name, not a permission.
public final class FileAccess {

  private static final long LARGEST_PACKAGE = 512L << 20;

  private final Coordinator coordinator;
  private final BlobStore blobs;
  private final ToLongFunction<SiteName> largestUpdate;
  private final AuthorizationPolicy rights;

  /// Access to the files of a coordinator's jobs.
  ///
  /// @param largestUpdate bytes that a site's update may have
  public FileAccess(
      Coordinator coordinator,
      BlobStore blobs,
      ToLongFunction<SiteName> largestUpdate,
      AuthorizationPolicy rights) {
    this.coordinator = coordinator;
    this.blobs = blobs;
    this.largestUpdate = largestUpdate;
    this.rights = rights;
  }

  /// A file that may come.
  ///
  /// @param owner who sends it
  /// @param size in bytes
  record Incoming(String owner, ModelHash hash, long size) {}

  /// Decides whether the caller may send this file.
  Incoming mayStore(FileReference reference) throws Calls.Refused, WireException {
    var hash = TaskCodec.fromWire(reference.getHash());
    long size = reference.getSizeBytes();
    long most =
        switch (reference.getPurposeCase()) {
          case TASK -> {
            var site = Calls.site();
            var task = FederationService.ownTask(site, TaskCodec.fromWire(reference.getTask()));
            if (!coordinator.awaits(task)) {
              throw new Calls.Refused(
                  Reason.OBSOLETE,
                  "nobody waits for round " + task.round() + " of job " + task.job());
            }
            yield largestUpdate.applyAsLong(site);
          }
          case JOB -> {
            if (Calls.isSite()) {
              throw new Calls.Refused(Reason.PERMISSION, "a site submits no jobs");
            }
            Calls.job(reference.getJob());
            yield LARGEST_PACKAGE;
          }
          case PURPOSE_NOT_SET ->
              throw new Calls.Refused(Reason.MALFORMED, "a file must say what it is for");
        };
    if (size < 1 || size > most) {
      throw new Calls.Refused(
          Reason.MALFORMED, "a file of " + size + " bytes; expected 1 to " + most);
    }
    return new Incoming(PeerGate.caller().name().uri(), hash, size);
  }

  /// The file of this hash, if the caller may have it. One that does not exist and one that is none
  /// of the caller's business look alike.
  Path mayFetch(ModelHash hash) throws Calls.Refused, IOException {
    boolean may = Calls.isSite() ? coordinator.needs(Calls.site(), hash) : isOfOwnJob(hash);
    Optional<Path> file = may ? blobs.find(hash) : Optional.empty();
    if (file.isEmpty()) {
      throw new Calls.Refused(
          Reason.NOT_FOUND, "no file " + Calls.shortly(hash) + " for this caller");
    }
    return file.get();
  }

  private boolean isOfOwnJob(ModelHash hash) {
    var person = PeerGate.actor(PeerGate.caller());
    return coordinator.jobs().stream()
        .filter(job -> holds(job, hash))
        .anyMatch(job ->
            rights
                .decide(
                    person,
                    Right.DOWNLOAD_JOB,
                    person.organization(),
                    Optional.of(Submitter.parse(job.submitter()).actor()))
                .isAllowed());
  }

  private static boolean holds(RunRecord job, ModelHash hash) {
    return job.model().equals(Optional.of(hash))
        || job.best().filter(best -> best.model().equals(hash)).isPresent();
  }
}
