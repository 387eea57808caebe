package org.wardfl.server.transport;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.wardfl.certs.LeafProfile;
import org.wardfl.certs.Peer;
import org.wardfl.certs.TrustAnchors;
import org.wardfl.proto.channel.Protocol;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.channel.Refusal;
import org.wardfl.provisioning.rights.Actor;
import org.wardfl.provisioning.rights.AuthorizationPolicy;
import org.wardfl.provisioning.rights.Decision;

/// What every call passes first: who calls, is that certificate still good, is the name registered,
/// may it call this, does it call too much.
///
/// A person's right is looked at here as if the thing asked about were the person's own; whether it
/// covers somebody else's job, the service asks.
public final class PeerGate implements ServerInterceptor {

  private static final Context.Key<Caller> CALLER = Context.key("ward-caller");

  private final Supplier<TrustAnchors> trust;
  private final Roster roster;
  private final AuthorizationPolicy rights;
  private final InstantSource clock;
  private final long epoch;
  private final TransportLimits limits;
  private final LiveCalls live;
  private final CallWatch watch;

  PeerGate(
      Supplier<TrustAnchors> trust,
      Roster roster,
      AuthorizationPolicy rights,
      CallRefusals refusals,
      InstantSource clock,
      long epoch,
      TransportLimits limits,
      LiveCalls live) {
    this.trust = trust;
    this.roster = roster;
    this.rights = rights;
    this.clock = clock;
    this.epoch = epoch;
    this.limits = limits;
    this.live = live;
    this.watch = new CallWatch(live, refusals, limits);
  }

  /// Who made the call that runs now.
  ///
  /// @throws IllegalStateException outside a call
  public static Peer caller() {
    var caller = CALLER.get();
    if (caller == null) {
      throw new IllegalStateException("this is no call");
    }
    return caller.peer();
  }

  /// Counts the bytes of messages that the present call has received, those of a message that is
  /// not whole yet among them.
  public static LongSupplier received() {
    return CallTrace.current()::received;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    var method = call.getMethodDescriptor().getFullMethodName();
    var caller = call.getAttributes().get(PeerFilter.CALLER);
    if (caller == null) {
      return refuse(call, "unknown", method, new Refusal(Reason.IDENTITY, doubt(call)));
    }
    var obstacle = obstacle(caller, method, headers);
    if (obstacle.isPresent()) {
      return refuse(call, caller.toString(), method, obstacle.get());
    }
    var guarded = new GuardedCall<>(call, caller, epoch, clock, watch);
    if (!live.enter(guarded)) {
      return refuse(
          call,
          caller.toString(),
          method,
          new Refusal(Reason.BUSY, caller + " has " + limits.callsPerCaller() + " calls already"));
    }
    try {
      var context = Context.current().withValue(CALLER, caller);
      return guarded.watching(Contexts.interceptCall(context, guarded, headers, next));
    } catch (RuntimeException e) {
      live.leave(guarded);
      throw e;
    }
  }

  /// Why a caller's calls cannot go on now; asked at the beginning of each, and again while it
  /// lasts.
  Optional<Refusal> obstacle(Caller caller) {
    return caller.obstacle(trust.get(), clock.instant(), roster);
  }

  private Optional<Refusal> obstacle(Caller caller, String method, Metadata headers) {
    var standing = obstacle(caller);
    if (standing.isPresent()) {
      return standing;
    }
    var peer = caller.peer();
    int size = HeaderList.bytes(headers);
    if (size > limits.headerBytes()) {
      return Optional.of(
          new Refusal(
              Reason.MALFORMED,
              "headers of " + size + " bytes, expected at most " + limits.headerBytes()));
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
                caller
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
      ServerCall<Q, A> call, String caller, String method, Refusal refusal) {
    watch.record(caller, method, refusal);
    var trailers = refusal.trailers();
    trailers.put(Protocol.EPOCH, Long.toString(epoch));
    call.close(refusal.status(), trailers);
    return new ServerCall.Listener<>() {};
  }

  private static String doubt(ServerCall<?, ?> call) {
    var doubt = call.getAttributes().get(PeerFilter.DOUBT);
    return doubt == null ? "nobody knows who calls" : doubt;
  }
}
