package org.wardfl.client.node;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.LeafProfile;
import org.wardfl.client.link.LinkException;
import org.wardfl.client.link.WitnessCall;
import org.wardfl.provisioning.audit.AuditCheckpoint;
import org.wardfl.provisioning.audit.AuditLog;
import org.wardfl.provisioning.kit.ActiveKit;

/// Exchanges checkpoints of the audit logs with the server: when the agent has connected first,
/// every five minutes, whenever so many records were written, and when a job has ended here.
final class Witnessing implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(Witnessing.class);
  private static final Duration EVERY = Duration.ofMinutes(5);
  private static final Duration AGAIN = Duration.ofMinutes(1);
  private static final long RECORDS = 1000;

  private final WitnessCall call;
  private final AuditLog log;
  private final ActiveKit kit;
  private final InstantSource clock;
  private final BooleanSupplier connected;
  private final LongSupplier ended;
  private Instant due = Instant.MIN;
  private Instant notBefore = Instant.MIN;
  private long covered;
  private long signed;
  private byte[] own = {};
  private long endedBefore;
  private String last = "";

  /// @param ended how many jobs have ended here
  Witnessing(
      WitnessCall call,
      AuditLog log,
      ActiveKit kit,
      InstantSource clock,
      BooleanSupplier connected,
      LongSupplier ended) {
    this.call = call;
    this.log = log;
    this.kit = kit;
    this.clock = clock;
    this.connected = connected;
    this.ended = ended;
  }

  @Override
  public void run() {
    // Why there is no connection, the session tells.
    boolean wanted =
        !clock.instant().isBefore(due)
            || log.substance() - covered >= RECORDS
            || ended.getAsLong() > endedBefore;
    if (!wanted || clock.instant().isBefore(notBefore) || !connected.getAsBoolean()) {
      return;
    }
    try {
      exchange();
      last = "";
    } catch (LinkException | IdentityException | IOException | RuntimeException e) {
      // An exception would end the schedule.
      notBefore = clock.instant().plus(AGAIN);
      var what = String.valueOf(e.getMessage());
      if (!what.equals(last)) {
        last = what;
        LOG.atWarn().log(what);
      }
    }
  }

  private void exchange() throws LinkException, IdentityException, IOException {
    long endedNow = ended.getAsLong();
    long substance = log.substance();
    if (substance > signed) {
      own = log.checkpoint(kit.identity()).encode();
      signed = substance;
    }
    // One that the server did not take is sent again: signing anew would only add records.
    var answer = call.exchange(signed > covered ? own : new byte[0]);
    covered = signed;
    endedBefore = endedNow;
    due = clock.instant().plus(EVERY);
    if (answer.length == 0) {
      return;
    }
    var theirs = AuditCheckpoint.decode(answer);
    var signer = theirs.verify(kit.trust(), Set.of(LeafProfile.SERVER), clock.instant());
    if (!signer.name().equals(kit.kit().name().server())) {
      throw new IdentityException(
          "the server sent a checkpoint of the audit log of " + signer.name());
    }
    log.witness(theirs).ifPresent(sentence -> LOG.atError().log(sentence));
  }
}
