package org.wardfl.client.node;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardfl.certs.TrustAnchors;
import org.wardfl.client.audit.SiteAudit;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.kit.ActiveKit;

/// Takes a kit's files into use when they were replaced, and records which certificate the site
/// presents and whom it believes from when on, whoever replaced them.
final class KitWatch implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(KitWatch.class);

  private final ActiveKit kit;
  private final SiteAudit audit;
  private String serial = "";
  private String trust = "";

  KitWatch(ActiveKit kit, SiteAudit audit) {
    this.kit = kit;
    this.audit = audit;
  }

  @Override
  public void run() {
    try {
      if (kit.reload()) {
        LOG.atInfo().log("the kit's files have changed and are in use");
      }
      recordChanges();
    } catch (KitException | IOException | RuntimeException e) {
      // An exception would end the schedule.
      LOG.atError().setCause(e).log("the kit's files have changed and are refused");
    }
  }

  private void recordChanges() {
    var identity = kit.identity();
    var presented = identity.certificate().getSerialNumber().toString(16);
    if (!presented.equals(serial)) {
      serial = presented;
      audit.presents(presented, identity.notAfter());
    }
    var believed = describe(kit.trust());
    if (!believed.equals(trust)) {
      trust = believed;
      audit.believes(believed);
    }
  }

  private static String describe(TrustAnchors trust) {
    long revoked = trust.revocationLists().stream().mapToInt(list -> list.serials().size()).sum();
    return "roots "
        + trust.rootFingerprints()
        + "; "
        + revoked
        + " certificates revoked; due anew at "
        + trust.freshUntil();
  }
}
