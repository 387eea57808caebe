package org.wardfl.server.service;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardfl.certs.Identity;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.LeafProfile;
import org.wardfl.certs.Peer;
import org.wardfl.certs.TrustAnchors;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.job.JobId;
import org.wardfl.provisioning.audit.AuditCheckpoint;
import org.wardfl.provisioning.audit.AuditLog;
import org.wardfl.server.JobListener;
import org.wardfl.server.job.JobEvent;
import org.wardfl.server.job.JobState;

/// Keeps how far the audit logs of sites have come, and tells them how far the server's has, so
/// that neither can be cut or written anew without the other knowing.
///
/// One checkpoint serves all sites until something else than witnessing has happened. Besides, the
/// server signs by itself how far its log has come: [#EVERY] and after [#RECORDS] records if
/// anything has happened, and when a job has ended. Sites are given the newest whenever they ask.
/// Thread-safe.
public final class Witnesses implements JobListener {

  static final Duration EVERY = Duration.ofMinutes(5);
  static final long RECORDS = 1000;

  private static final Logger LOG = LoggerFactory.getLogger(Witnesses.class);

  private final AuditLog audit;
  private final Supplier<Identity> identity;
  private final Supplier<TrustAnchors> trust;
  private final InstantSource clock;
  private Optional<AuditCheckpoint> latest = Optional.empty();
  private long covered;
  private Instant due = Instant.MIN;
  private String trouble = "";
  private volatile boolean ended;

  /// Witnesses who keep in this log.
  ///
  /// @param identity signs for the server, of now
  /// @param trust whom the server believes, of now
  public Witnesses(
      AuditLog audit,
      Supplier<Identity> identity,
      Supplier<TrustAnchors> trust,
      InstantSource clock) {
    this.audit = audit;
    this.identity = identity;
    this.trust = trust;
    this.clock = clock;
  }

  /// Keeps a site's checkpoint.
  ///
  /// @param caller whose log it must be of
  /// @param bytes the checkpoint; none if nothing has happened there
  /// @return the server's
  /// @throws IOException if either cannot be made durable
  byte[] exchange(Peer caller, byte[] bytes) throws Calls.Refused, IOException {
    if (bytes.length > 0) {
      audit
          .witness(believed(caller, bytes))
          .ifPresent(sentence -> LOG.atError().addKeyValue("site", caller.name()).log(sentence));
    }
    return checkpoint().encode();
  }

  /// A job that has ended wants a checkpoint, at the next look.
  @Override
  public void happened(JobId job, JobEvent event, JobState after) {
    if (event instanceof JobEvent.Ended) {
      ended = true;
    }
  }

  /// Signs a checkpoint if one is due; to be called every few seconds.
  public synchronized void look() {
    boolean jobEnded = ended;
    ended = false;
    long open = audit.substance() - covered;
    boolean wanted = jobEnded || open >= RECORDS || !clock.instant().isBefore(due);
    if (open == 0 || !wanted) {
      return;
    }
    try {
      var _ = checkpoint();
      trouble = "";
    } catch (IOException | RuntimeException e) {
      // An exception would end the schedule, and what stays the same is told once.
      ended |= jobEnded;
      var what = String.valueOf(e.getMessage());
      if (!what.equals(trouble)) {
        trouble = what;
        LOG.atError().setCause(e).log("no checkpoint of the audit log can be signed");
      }
    }
  }

  private AuditCheckpoint believed(Peer caller, byte[] bytes) throws Calls.Refused {
    AuditCheckpoint checkpoint;
    try {
      checkpoint = AuditCheckpoint.decode(bytes);
    } catch (IdentityException e) {
      throw new Calls.Refused(Reason.MALFORMED, String.valueOf(e.getMessage()));
    }
    if (!checkpoint.owner().equals(caller.name().uri())) {
      throw new Calls.Refused(
          Reason.IMPERSONATION,
          caller.name() + " sent a checkpoint of the audit log of " + checkpoint.owner());
    }
    try {
      var _ = checkpoint.verify(trust.get(), Set.of(LeafProfile.SITE), clock.instant());
    } catch (IdentityException e) {
      throw new Calls.Refused(Reason.IDENTITY, String.valueOf(e.getMessage()));
    }
    return checkpoint;
  }

  private synchronized AuditCheckpoint checkpoint() throws IOException {
    long substance = audit.substance();
    if (latest.isEmpty() || substance > covered) {
      latest = Optional.of(audit.checkpoint(identity.get()));
      covered = substance;
      due = clock.instant().plus(EVERY);
    }
    return latest.get();
  }
}
