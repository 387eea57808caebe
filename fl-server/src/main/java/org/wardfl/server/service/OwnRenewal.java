package org.wardfl.server.service;

import java.io.IOException;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.LeafProfile;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.kit.ActiveKit;
import org.wardfl.provisioning.kit.KitUpdate;

/// Renews the server's own certificate, on the same desk as everybody's: by the authority that it
/// holds, or else the project admin answers.
public final class OwnRenewal implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(OwnRenewal.class);

  private final ActiveKit kit;
  private final Renewals renewals;
  private final InstantSource clock;
  private String lastTrouble = "";

  /// A renewal that [#run] looks after.
  public OwnRenewal(ActiveKit kit, Renewals renewals, InstantSource clock) {
    this.kit = kit;
    this.renewals = renewals;
    this.clock = clock;
  }

  @Override
  public void run() {
    try {
      renew();
      lastTrouble = "";
    } catch (Exception e) {
      // An exception would end the schedule.
      var trouble = String.valueOf(e.getMessage());
      if (!trouble.equals(lastTrouble)) {
        LOG.atError().setCause(e).log("the server's certificate cannot be renewed");
        lastTrouble = trouble;
      }
    }
  }

  private void renew() throws Calls.Refused, IdentityException, KitException, IOException {
    var request = kit.renewal();
    if (request.isEmpty()) {
      return;
    }
    var own = kit.identity();
    var self = kit.trust().verify(own.chain(), clock.instant(), Set.of(LeafProfile.SERVER));
    if (!renewals.request(self, Files.readAllBytes(request.get()))) {
      return;
    }
    var answer = renewals.answer(own.name());
    if (answer.getCertificates().isEmpty()) {
      kit.install(KitUpdate.decode("the answer", answer.getUpdate().toByteArray()));
    } else {
      kit.install(answer.getCertificates().toByteArray());
    }
    LOG.atInfo()
        .addKeyValue("until", kit.identity().notAfter())
        .log("the server's certificate was renewed");
  }
}
