package org.wardfl.client.admin;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wardfl.algo.SiteName;
import org.wardfl.client.link.LinkException;
import org.wardfl.proto.admin.AdminCodec;
import org.wardfl.proto.admin.SiteJob;
import org.wardfl.proto.task.ObservedCodec;
import org.wardfl.proto.task.SiteCapacity;
import org.wardfl.proto.wire.RebindRequest;
import org.wardfl.proto.wire.SiteRequest;
import org.wardfl.proto.wire.SiteStatus;

/// What people do with the sites of a federation. Safe for many threads.
public final class SiteTools {

  private final AdminSession session;

  SiteTools(AdminSession session) {
    this.session = session;
  }

  /// A site of the project, closely.
  ///
  /// @param site who it is, and whether it is there
  /// @param capacity what it offers; empty while it is away, or if it does not say
  /// @param jobs how it stands to the jobs that have not ended, the latest submission first
  public record Report(
      AdminSession.Site site, Optional<SiteCapacity> capacity, List<SiteJob> jobs) {

    /// Copies.
    public Report {
      jobs = List.copyOf(jobs);
    }
  }

  /// One site.
  ///
  /// @throws LinkException if the server cannot be asked, or refuses
  public Report show(String site) throws LinkException {
    return session.call(() -> {
      var report = session.quick().showSite(request(site));
      var jobs = new ArrayList<SiteJob>();
      for (var job : report.getJobsList()) {
        jobs.add(AdminCodec.fromWire(new SiteName(site), job));
      }
      return new Report(
          fromWire(report.getStatus()),
          report.hasCapacity()
              ? Optional.of(ObservedCodec.fromWire(report.getCapacity()))
              : Optional.empty(),
          jobs);
    });
  }

  static AdminSession.Site fromWire(SiteStatus site) {
    return new AdminSession.Site(
        site.getName(),
        site.getOrganization(),
        site.getConnected(),
        site.getSinceMs() == 0
            ? Optional.empty()
            : Optional.of(Instant.ofEpochMilli(site.getSinceMs())),
        Optional.of(site.getDisabled()).filter(why -> !why.isEmpty()));
  }

  /// Asks nothing of a site any more and lets it connect no more, until it is enabled.
  ///
  /// @throws LinkException if the server cannot be asked, or refuses
  public void disable(String site) throws LinkException {
    session.call(() -> session.quick().disableSite(request(site)));
  }

  /// Takes a site into jobs again.
  ///
  /// @throws LinkException if the server cannot be asked, or refuses
  public void enable(String site) throws LinkException {
    session.call(() -> session.quick().enableSite(request(site)));
  }

  /// Disables a site and forgets which instance it is: enabled again, it may come from any data
  /// folder.
  ///
  /// @throws LinkException if the server cannot be asked, or refuses
  public void remove(String site) throws LinkException {
    session.call(() -> session.quick().removeSite(request(site)));
  }

  /// Lets a site connect from another data folder than before.
  ///
  /// @throws LinkException if the server cannot be asked, or refuses
  public void rebind(String site) throws LinkException {
    session.call(
        () -> session.quick().rebindSite(RebindRequest.newBuilder().setSite(site).build()));
  }

  private static SiteRequest request(String site) {
    return SiteRequest.newBuilder().setSite(site).build();
  }
}
