package org.wardfl.server.service;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.Collections;
import java.util.Iterator;
import java.util.UUID;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.WireException;
import org.wardfl.proto.channel.Protocol;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.channel.Refusal;
import org.wardfl.proto.channel.Versions;
import org.wardfl.proto.task.DesiredParts;
import org.wardfl.proto.task.ObservedCodec;
import org.wardfl.proto.wire.DesiredState;
import org.wardfl.proto.wire.ObservedState;
import org.wardfl.proto.wire.ServerHello;
import org.wardfl.proto.wire.ServerMessage;
import org.wardfl.proto.wire.SiteHello;
import org.wardfl.proto.wire.SiteMessage;
import org.wardfl.proto.wire.SiteQuestion;
import org.wardfl.server.Coordinator;

/// One site's session: hello, then the desired state whenever it changes.
///
/// Several changes while the link is busy become one: the state is sent whole, so only the newest
/// counts. It goes out part by part, as the link takes them.
final class SessionCall implements StreamObserver<SiteMessage> {

  private static final Logger LOG = LoggerFactory.getLogger(SessionCall.class);

  private final SiteName site;
  private final Coordinator coordinator;
  private final Sessions sessions;
  private final Executor executor;
  private final ServerCallStreamObserver<ServerMessage> out;
  private boolean welcomed;
  private boolean changed;
  private boolean takesParts;
  private Iterator<DesiredState> parts = Collections.emptyIterator();
  private boolean sending;
  private boolean ended;
  private @Nullable Runnable disconnect;

  SessionCall(
      SiteName site,
      Coordinator coordinator,
      Sessions sessions,
      Executor executor,
      ServerCallStreamObserver<ServerMessage> out) {
    this.site = site;
    this.coordinator = coordinator;
    this.sessions = sessions;
    this.executor = executor;
    this.out = out;
    out.setOnReadyHandler(this::send);
    out.setOnCancelHandler(this::over);
    out.setOnCloseHandler(this::over);
  }

  @Override
  public void onNext(SiteMessage message) {
    try {
      switch (message.getKindCase()) {
        case HELLO -> hello(message.getHello());
        case OBSERVED -> observed(message.getObserved());
        case ANSWER -> {
          requireWelcomed("an answer");
          sessions.questions().answered(site, message.getAnswer());
        }
        case KIND_NOT_SET ->
            throw new Calls.Refused(Reason.MALFORMED, "a message of an unknown kind");
      }
    } catch (Exception e) {
      // Whatever happens must end the call.
      end(Calls.refusal(e));
    }
  }

  private void hello(SiteHello hello) throws Calls.Refused, IOException, WireException {
    if (welcomed) {
      throw new Calls.Refused(Reason.MALFORMED, "a second hello");
    }
    var spoken = new Versions(hello.getProtocol().getLowest(), hello.getProtocol().getHighest());
    var version =
        Protocol.SPOKEN
            .common(spoken)
            .orElseThrow(
                () -> new Calls.Refused(Reason.PROTOCOL_VERSION, Protocol.SPOKEN.refusal(spoken)));
    var observed = ObservedCodec.fromWire(hello.getObserved());
    sessions.begin(site, instance(hello), hello.getBoot(), this);
    observed(observed);
    greet(
        ServerMessage.newBuilder()
            .setHello(
                ServerHello.newBuilder()
                    .setProtocol(version)
                    .setSoftware(sessions.software())
                    .setSite(site.value())
                    .setEpoch(coordinator.epoch()))
            .build());
    synchronized (this) {
      takesParts = hello.getTakesParts();
    }
    var away = coordinator.connect(site, this::changed);
    boolean late;
    synchronized (this) {
      late = ended;
      disconnect = away;
    }
    if (late) {
      // The other side was gone before it was registered here.
      away.run();
      sessions.ended(site, this);
    }
  }

  private void observed(ObservedState state) throws Calls.Refused, WireException {
    requireWelcomed("a state");
    observed(ObservedCodec.fromWire(state));
  }

  private void observed(org.wardfl.proto.task.ObservedState state) {
    if (sessions.observed(site, state, this)) {
      coordinator.observed(site, state);
    }
  }

  private void requireWelcomed(String what) throws Calls.Refused {
    if (!welcomed) {
      throw new Calls.Refused(Reason.MALFORMED, what + " before the hello");
    }
  }

  private static UUID instance(SiteHello hello) throws Calls.Refused {
    try {
      var instance = UUID.fromString(hello.getInstance());
      if (hello.getBoot() > 0 && instance.toString().equals(hello.getInstance())) {
        return instance;
      }
    } catch (IllegalArgumentException _) {
      // Told below.
    }
    throw new Calls.Refused(Reason.MALFORMED, "an instance is a UUID, its start a positive number");
  }

  private synchronized void greet(ServerMessage hello) {
    if (!ended) {
      out.onNext(hello);
      welcomed = true;
    }
  }

  /// Asks the site something, beside what is wanted of it.
  synchronized void ask(SiteQuestion question) {
    if (welcomed && !ended) {
      try {
        out.onNext(ServerMessage.newBuilder().setQuestion(question).build());
      } catch (IllegalStateException e) {
        // The call ended between the look and the message.
        LOG.atDebug().addKeyValue("site", site).setCause(e).log("a session ended while asking");
      }
    }
  }

  /// The coordinator must not wait for a network.
  private void changed() {
    synchronized (this) {
      changed = true;
      if (sending || ended) {
        return;
      }
      sending = true;
    }
    executor.execute(this::send);
  }

  private void send() {
    synchronized (this) {
      sending = false;
      try {
        while (welcomed && !ended && (parts.hasNext() || changed) && out.isReady()) {
          if (!parts.hasNext()) {
            changed = false;
            parts =
                new DesiredParts(coordinator.desired(site), Protocol.MAX_DESIRED_BYTES, takesParts);
          }
          out.onNext(ServerMessage.newBuilder().setDesired(parts.next()).build());
        }
      } catch (IllegalStateException e) {
        // The call ended between the look and the message.
        LOG.atDebug().addKeyValue("site", site).setCause(e).log("a session ended while sending");
      }
    }
  }

  /// Ends the session from this side.
  void end(Refusal refusal) {
    synchronized (this) {
      if (ended) {
        return;
      }
      try {
        out.onError(refusal.exception());
      } catch (IllegalStateException e) {
        LOG.atDebug().addKeyValue("site", site).setCause(e).log("a session had ended already");
      }
    }
    over();
  }

  private void over() {
    Runnable away;
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
      away = disconnect == null ? () -> {} : disconnect;
    }
    away.run();
    sessions.ended(site, this);
  }

  @Override
  public void onError(Throwable failure) {
    over();
  }

  @Override
  public void onCompleted() {
    synchronized (this) {
      if (!ended) {
        out.onCompleted();
      }
    }
    over();
  }
}
