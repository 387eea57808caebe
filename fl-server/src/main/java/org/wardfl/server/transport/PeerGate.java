package org.wardfl.server.transport;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.wardfl.certs.LeafProfile;
import org.wardfl.certs.Peer;
import org.wardfl.certs.TrustAnchors;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.channel.Refusal;
import org.wardfl.provisioning.rights.Actor;
import org.wardfl.provisioning.rights.AuthorizationPolicy;
import org.wardfl.provisioning.rights.Decision;
import org.wardfl.server.audit.AuditLog;

/// What every call passes first: who calls, is that certificate still good, is the name registered,
/// may it call this, does it call too much.
///
/// A person's right is looked at here as if the thing asked about were the person's own; whether it
/// covers somebody else's job, the service asks.
public final class PeerGate implements ServerInterceptor {

  private static final Context.Key<Peer> CALLER = Context.key("ward-caller");

  private final Supplier<TrustAnchors> trust;
  private final Roster roster;
  private final AuthorizationPolicy rights;
  private final AuditLog audit;
  private final InstantSource clock;
  private final long epoch;
  private final LiveCalls live;

  PeerGate(
      Supplier<TrustAnchors> trust,
      Roster roster,
      AuthorizationPolicy rights,
      AuditLog audit,
      InstantSource clock,
      long epoch,
      LiveCalls live) {
    this.trust = trust;
    this.roster = roster;
    this.rights = rights;
    this.audit = audit;
    this.clock = clock;
    this.epoch = epoch;
    this.live = live;
  }

  /// Who made the call that runs now.
  ///
  /// @throws IllegalStateException outside a call
  public static Peer caller() {
    var caller = CALLER.get();
    if (caller == null) {
      throw new IllegalStateException("this is no call");
    }
    return caller;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    var method = call.getMethodDescriptor().getFullMethodName();
    var peer = call.getAttributes().get(PeerFilter.PEER);
    var obstacle =
        peer == null
            ? Optional.of(new Refusal(Reason.IDENTITY, doubt(call)))
            : obstacle(peer, method);
    if (obstacle.isPresent()) {
      return refuse(call, peer, method, obstacle.get());
    }
    var caller = Objects.requireNonNull(peer);
    var guarded = new GuardedCall<>(call, epoch);
    if (!live.enter(caller, guarded)) {
      return refuse(
          call, peer, method, new Refusal(Reason.BUSY, "too many calls of " + name(caller)));
    }
    guarded.whenOver(() -> live.leave(caller, guarded));
    var listener =
        Contexts.interceptCall(Context.current().withValue(CALLER, caller), guarded, headers, next);
    return guarded.watching(listener);
  }

  /// Why a call of this peer cannot go on now; asked at its beginning, and again whenever trust
  /// changes while it lasts.
  Optional<Refusal> obstacle(Peer peer) {
    if (trust.get().isRevoked(peer.certificate())) {
      return Optional.of(
          new Refusal(Reason.IDENTITY, "the certificate of " + name(peer) + " has been revoked"));
    }
    if (clock.instant().isAfter(peer.notAfter())) {
      return Optional.of(
          new Refusal(
              Reason.IDENTITY,
              "the certificate of " + name(peer) + " ended at " + peer.notAfter()));
    }
    if (!roster.knows(peer.name())) {
      return Optional.of(
          new Refusal(Reason.IDENTITY, name(peer) + " is not registered at this server"));
    }
    return Optional.empty();
  }

  private Optional<Refusal> obstacle(Peer peer, String method) {
    var standing = obstacle(peer);
    if (standing.isPresent()) {
      return standing;
    }
    var access = MethodTable.of(method);
    if (access.isEmpty()) {
      return Optional.of(new Refusal(Reason.PERMISSION, "nobody may call " + method));
    }
    if (!access.get().callers().contains(peer.name().profile())) {
      return Optional.of(
          new Refusal(Reason.PERMISSION, peer.name().role() + " may not call " + method));
    }
    if (peer.name().profile() == LeafProfile.USER) {
      var person = actor(peer);
      var decision =
          access
              .get()
              .right()
              .map(right ->
                  rights.decide(person, right, person.organization(), Optional.of(person)));
      if (decision.isEmpty() || decision.get() instanceof Decision.Denied) {
        return Optional.of(
            new Refusal(
                Reason.PERMISSION,
                name(peer)
                    + " may not call "
                    + method
                    + decision.map(why -> ": " + why.rule()).orElse("")));
      }
    }
    return Optional.empty();
  }

  /// The person or site as policies see it.
  public static Actor actor(Peer peer) {
    return new Actor(peer.name().name(), peer.organization(), peer.name().role());
  }

  private <Q, A> ServerCall.Listener<Q> refuse(
      ServerCall<Q, A> call,
      @org.jspecify.annotations.Nullable Peer peer,
      String method,
      Refusal refusal) {
    audit.refused(peer == null ? "unknown" : name(peer), method, refusal);
    call.close(refusal.status(), refusal.trailers());
    return new ServerCall.Listener<>() {};
  }

  private static String doubt(ServerCall<?, ?> call) {
    var doubt = call.getAttributes().get(PeerFilter.DOUBT);
    return doubt == null ? "nobody knows who calls" : doubt;
  }

  private static String name(Peer peer) {
    return peer.name().uri();
  }
}
