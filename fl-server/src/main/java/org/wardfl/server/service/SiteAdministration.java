package org.wardfl.server.service;

import com.google.protobuf.Empty;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.admin.AdminCodec;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.task.ObservedCodec;
import org.wardfl.proto.task.ObservedState;
import org.wardfl.proto.wire.SiteList;
import org.wardfl.proto.wire.SiteReport;
import org.wardfl.proto.wire.SiteStatus;
import org.wardfl.provisioning.rights.Decision;
import org.wardfl.provisioning.rights.Right;
import org.wardfl.server.Coordinator;
import org.wardfl.server.transport.PeerGate;

/// What people do with sites, each only with those that the caller's role and organization allow.
final class SiteAdministration {

  private static final int MOST_JOBS = 1000;

  private final Coordinator coordinator;
  private final Sessions sessions;
  private final JobAdministration jobs;
  private final AdministrationService.Parts parts;

  SiteAdministration(
      Coordinator coordinator,
      Sessions sessions,
      JobAdministration jobs,
      AdministrationService.Parts parts) {
    this.coordinator = coordinator;
    this.sessions = sessions;
    this.jobs = jobs;
    this.parts = parts;
  }

  SiteList list() {
    var list = SiteList.newBuilder();
    parts
        .trust()
        .participants()
        .sites()
        .forEach((name, organization) -> list.addSites(status(new SiteName(name), organization)));
    return list.build();
  }

  SiteReport show(String name) throws Calls.Refused {
    var organization = organization(name);
    var site = new SiteName(name);
    var report = SiteReport.newBuilder().setStatus(status(site, organization));
    sessions
        .observed(site)
        .flatMap(ObservedState::capacity)
        .ifPresent(capacity -> report.setCapacity(ObservedCodec.toWire(capacity)));
    for (var job : jobs.at(site, MOST_JOBS)) {
      report.addJobs(AdminCodec.toWire(job));
    }
    return report.build();
  }

  Empty disable(String name) throws Calls.Refused, IOException {
    return takeOut(name, Right.DISABLE_CLIENT, "disable site", false);
  }

  Empty remove(String name) throws Calls.Refused, IOException {
    return takeOut(name, Right.REMOVE_CLIENT, "remove site", true);
  }

  private Empty takeOut(String name, Right right, String action, boolean forget)
      throws Calls.Refused, IOException {
    var by = permitted(name, right, action);
    var site = new SiteName(name);
    coordinator.disable(site, Optional.of(sessions.disable(site, by, forget)));
    return Empty.getDefaultInstance();
  }

  Empty enable(String name) throws Calls.Refused, IOException {
    var by = permitted(name, Right.ENABLE_CLIENT, "enable site");
    var site = new SiteName(name);
    sessions.enable(site, by);
    coordinator.disable(site, Optional.empty());
    return Empty.getDefaultInstance();
  }

  Empty rebind(String name) throws Calls.Refused, IOException {
    var _ = permitted(name, Right.REMOVE_CLIENT, "rebind");
    sessions.release(new SiteName(name));
    return Empty.getDefaultInstance();
  }

  private SiteStatus status(SiteName site, String organization) {
    return SiteStatus.newBuilder()
        .setName(site.value())
        .setOrganization(organization)
        .setConnected(sessions.isLive(site))
        .setSinceMs(sessions.since(site).map(Instant::toEpochMilli).orElse(0L))
        .setDisabled(sessions.disabled().getOrDefault(site, ""))
        .build();
  }

  private String organization(String name) throws Calls.Refused {
    var sites = parts.trust().participants().sites();
    var organization = sites.get(name);
    if (organization == null) {
      throw new Calls.Refused(
          Reason.NOT_FOUND, "no site '" + name + "'; expected one of " + sites.keySet());
    }
    return organization;
  }

  /// Checks the right and writes the audit record; where it cannot be written, nothing is done.
  ///
  /// @return who asks
  private String permitted(String name, Right right, String action)
      throws Calls.Refused, IOException {
    var caller = PeerGate.caller();
    var decision =
        parts.rights().decide(PeerGate.actor(caller), right, organization(name), Optional.empty());
    if (decision instanceof Decision.Denied(var rule)) {
      throw new Calls.Refused(Reason.PERMISSION, right.word() + " is not permitted: " + rule);
    }
    parts.audit().done(caller.name().uri(), action, name, "");
    return caller.name().name();
  }
}
