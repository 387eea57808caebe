package org.wardfl.server.federation;

import java.io.IOException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.WireException;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.channel.Refusal;
import org.wardfl.server.store.EventStore;

/// Which instance each site is.
///
/// The first instance that connects under a site's certificate is the site, durably: a copy of its
/// startup kit, used elsewhere, is refused until an administrator releases the name. The instance
/// itself may start anew at any time; its later start takes over from the earlier one. Thread-safe.
public final class Membership {

  private static final String STREAM = "federation";

  private final EventStore events;
  private final InstantSource clock;
  private final long epoch;
  private final Map<SiteName, FederationEvent.SiteBound> bound = new HashMap<>();
  private final Map<SiteName, String> disabled = new HashMap<>();
  private long sequence;

  private Membership(EventStore events, InstantSource clock, long epoch) {
    this.events = events;
    this.clock = clock;
    this.epoch = epoch;
  }

  /// Reads the journal.
  ///
  /// @throws IOException if it cannot be read, is damaged or was written by a later version
  public static Membership open(EventStore events, InstantSource clock, long epoch)
      throws IOException {
    var membership = new Membership(events, clock, epoch);
    try {
      for (var bytes : events.read(STREAM, 0)) {
        membership.apply(FederationEvent.fromBytes(bytes));
      }
    } catch (WireException e) {
      throw new IOException(
          "stream " + STREAM + ", event " + membership.sequence + ": " + e.getMessage(), e);
    }
    return membership;
  }

  /// An instance of a site connects.
  ///
  /// @param boot rises with every start of the instance
  /// @return why it may not, or nothing: then it is the site from now on
  /// @throws IOException if that cannot be made durable
  public synchronized Optional<Refusal> claim(SiteName site, UUID instance, long boot)
      throws IOException {
    if (disabled.containsKey(site)) {
      return Optional.of(
          new Refusal(
              Reason.PERMISSION,
              "site "
                  + site
                  + " was "
                  + disabled.get(site)
                  + "; an administrator lets it in again with 'ward sites enable "
                  + site
                  + "'"));
    }
    var current = bound.get(site);
    if (current != null && !current.instance().equals(instance)) {
      return Optional.of(
          new Refusal(
              Reason.OTHER_INSTANCE,
              "site "
                  + site
                  + " runs from another data folder since "
                  + current.at()
                  + "; if it moved, an administrator lets it in with 'ward sites rebind "
                  + site
                  + "'; if not, its startup kit is in other hands: revoke it"));
    }
    if (current != null && boot < current.boot()) {
      return Optional.of(
          new Refusal(
              Reason.REPLACED,
              "site " + site + " was started again since (start " + current.boot() + ")"));
    }
    if (current == null || boot > current.boot()) {
      append(new FederationEvent.SiteBound(site, instance, boot, clock.instant()));
    }
    return Optional.empty();
  }

  /// Lets the next instance that connects be the site.
  ///
  /// @throws IOException if that cannot be made durable
  public synchronized void release(SiteName site) throws IOException {
    if (bound.containsKey(site)) {
      append(new FederationEvent.SiteReleased(site, clock.instant()));
    }
  }

  /// Asks nothing of a site any more, and lets it connect no more.
  ///
  /// @param by the certified name of the person who wants it
  /// @param forget whether any instance may be the site when it is enabled again
  /// @throws IOException if that cannot be made durable
  public synchronized void disable(SiteName site, String by, boolean forget) throws IOException {
    append(
        forget
            ? new FederationEvent.SiteRemoved(site, by, clock.instant())
            : new FederationEvent.SiteDisabled(site, by, clock.instant()));
  }

  /// Lets a site take part again; does nothing if it does.
  ///
  /// @param by the certified name of the person who wants it
  /// @throws IOException if that cannot be made durable
  public synchronized void enable(SiteName site, String by) throws IOException {
    if (disabled.containsKey(site)) {
      append(new FederationEvent.SiteEnabled(site, by, clock.instant()));
    }
  }

  /// The sites that nothing is asked of, with the reason: `disabled by NAME at TIME`.
  public synchronized Map<SiteName, String> disabled() {
    return Map.copyOf(disabled);
  }

  private void append(FederationEvent event) throws IOException {
    try {
      events.append(STREAM, sequence, epoch, List.of(event.toBytes()));
    } catch (EventStore.StaleWriterException e) {
      throw new IOException("another server has taken over: " + e.getMessage(), e);
    }
    apply(event);
  }

  private void apply(FederationEvent event) {
    switch (event) {
      case FederationEvent.SiteBound now -> bound.put(now.site(), now);
      case FederationEvent.SiteReleased(var site, _) -> bound.remove(site);
      case FederationEvent.SiteDisabled(var site, var by, var at) ->
          disabled.put(site, "disabled by " + by + " at " + at);
      case FederationEvent.SiteEnabled(var site, _, _) -> disabled.remove(site);
      case FederationEvent.SiteRemoved(var site, var by, var at) -> {
        bound.remove(site);
        disabled.put(site, "removed by " + by + " at " + at);
      }
    }
    sequence++;
  }
}
