package org.wardfl.server.service;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.channel.Refusal;
import org.wardfl.proto.task.ObservedState;
import org.wardfl.proto.wire.SiteQuestion;
import org.wardfl.server.federation.Membership;

/// The session of each site, at most one. Thread-safe.
public final class Sessions {

  private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);

  private final Membership membership;
  private final InstantSource clock;
  private final String software;
  private final SiteQuestions questions = new SiteQuestions();
  private final Map<SiteName, SessionCall> live = new HashMap<>();
  private final Map<SiteName, Instant> since = new HashMap<>();
  private final Map<SiteName, ObservedState> observed = new HashMap<>();

  /// No sessions yet.
  ///
  /// @param software what sites are told that they talk to
  public Sessions(Membership membership, InstantSource clock, String software) {
    this.membership = membership;
    this.clock = clock;
    this.software = software;
  }

  /// What sites were asked and have not answered yet.
  SiteQuestions questions() {
    return questions;
  }

  /// Sends a question to a site; one that is away hears nothing of it.
  void ask(SiteName site, SiteQuestion question) {
    SessionCall call;
    synchronized (this) {
      call = live.get(site);
    }
    if (call != null) {
      call.ask(question);
    }
  }

  String software() {
    return software;
  }

  void begin(SiteName site, UUID instance, long boot, SessionCall call)
      throws Calls.Refused, IOException {
    Optional<SessionCall> earlier;
    synchronized (this) {
      var refusal = membership.claim(site, instance, boot);
      if (refusal.isPresent()) {
        LOG.atWarn().addKeyValue("site", site).log(refusal.get().message());
        throw new Calls.Refused(refusal.get());
      }
      earlier = Optional.ofNullable(live.put(site, call));
      since.put(site, clock.instant());
    }
    LOG.atInfo().addKeyValue("site", site).addKeyValue("start", boot).log("connected");
    earlier.ifPresent(
        old -> old.end(new Refusal(Reason.REPLACED, "site " + site + " has connected anew")));
  }

  /// A site says what it does, offers and has decided.
  ///
  /// @return whether that counts: a session that was replaced may still have something to say
  synchronized boolean observed(SiteName site, ObservedState state, SessionCall call) {
    if (live.get(site) != call) {
      return false;
    }
    observed.put(site, state);
    return true;
  }

  void ended(SiteName site, SessionCall call) {
    synchronized (this) {
      if (live.get(site) != call) {
        return;
      }
      live.remove(site);
      observed.remove(site);
      since.put(site, clock.instant());
    }
    LOG.atInfo().addKeyValue("site", site).log("disconnected");
  }

  /// What a site says that it is doing; empty if it is away or has said nothing.
  public synchronized Optional<ObservedState> observed(SiteName site) {
    return Optional.ofNullable(observed.get(site));
  }

  /// When a site's last session began or ended; empty if there was none since the server's start.
  public synchronized Optional<Instant> since(SiteName site) {
    return Optional.ofNullable(since.get(site));
  }

  /// Whether a site has a session.
  public synchronized boolean isLive(SiteName site) {
    return live.containsKey(site);
  }

  /// Ends a site's session and begins no other, until it is enabled.
  ///
  /// @param by the certified name of the person who wants it
  /// @param forget whether any instance may be the site when it is enabled again
  /// @return why nothing is asked of it now
  /// @throws IOException if that cannot be made durable
  String disable(SiteName site, String by, boolean forget) throws IOException {
    SessionCall call;
    String why;
    synchronized (this) {
      membership.disable(site, by, forget);
      why = disabled().getOrDefault(site, "");
      call = live.get(site);
    }
    if (call != null) {
      call.end(new Refusal(Reason.PERMISSION, "site " + site + " was " + why));
    }
    return why;
  }

  /// Lets a site connect again.
  ///
  /// @param by the certified name of the person who wants it
  /// @throws IOException if that cannot be made durable
  void enable(SiteName site, String by) throws IOException {
    membership.enable(site, by);
  }

  /// The sites that nothing is asked of, with the reason.
  public Map<SiteName, String> disabled() {
    return membership.disabled();
  }

  /// Lets another instance be the site from now on.
  ///
  /// @throws IOException if that cannot be made durable
  public void release(SiteName site) throws IOException {
    SessionCall call;
    synchronized (this) {
      membership.release(site);
      call = live.get(site);
    }
    if (call != null) {
      call.end(new Refusal(Reason.REPLACED, "site " + site + " moves to another machine"));
    }
  }
}
