package org.wardfl.client.node;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.BooleanSupplier;
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
/// every hour, and whenever so many records were written.
final class Witnessing implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(Witnessing.class);
  private static final Duration EVERY = Duration.ofHours(1);
  private static final long RECORDS = 1000;

  private final WitnessCall call;
  private final AuditLog log;
  private final ActiveKit kit;
  private final InstantSource clock;
  private final BooleanSupplier connected;
  private Instant due = Instant.MIN;
  private long covered;
  private String last = "";

  Witnessing(
      WitnessCall call,
      AuditLog log,
      ActiveKit kit,
      InstantSource clock,
      BooleanSupplier connected) {
    this.call = call;
    this.log = log;
    this.kit = kit;
    this.clock = clock;
    this.connected = connected;
  }

  @Override
  public void run() {
    // Why there is no connection, the session tells.
    boolean wanted = !clock.instant().isBefore(due) || log.substance() - covered >= RECORDS;
    if (!wanted || !connected.getAsBoolean()) {
      return;
    }
    try {
      exchange();
      last = "";
    } catch (LinkException | IdentityException | IOException | RuntimeException e) {
      // An exception would end the schedule.
      var what = String.valueOf(e.getMessage());
      if (!what.equals(last)) {
        last = what;
        LOG.atWarn().log(what);
      }
    }
  }

  private void exchange() throws LinkException, IdentityException, IOException {
    long substance = log.substance();
    var own = substance > covered ? log.checkpoint(kit.identity()).encode() : new byte[0];
    var answer = call.exchange(own);
    covered = substance;
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
