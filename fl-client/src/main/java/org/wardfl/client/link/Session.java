package org.wardfl.client.link;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.wardfl.certs.IdentityKeyManager;
import org.wardfl.proto.WireException;
import org.wardfl.proto.channel.Protocol;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.channel.Refusal;
import org.wardfl.proto.task.DesiredParts;
import org.wardfl.proto.task.DesiredState;
import org.wardfl.proto.task.ObservedCodec;
import org.wardfl.proto.task.ObservedState;
import org.wardfl.proto.wire.FederationGrpc;
import org.wardfl.proto.wire.ProtocolRange;
import org.wardfl.proto.wire.ServerMessage;
import org.wardfl.proto.wire.SiteAnswer;
import org.wardfl.proto.wire.SiteHello;
import org.wardfl.proto.wire.SiteMessage;
import org.wardfl.proto.wire.SiteQuestion;

/// Keeps a session with the server for as long as the agent lives: connects, hears what is wanted,
/// tells what is done, and connects again whenever that ends.
final class Session implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Session.class);
  private static final Duration WELCOME = Duration.ofSeconds(30);

  private final ServerChannel channel;
  private final IdentityKeyManager identity;
  private final Start start;
  private final Consumer<DesiredState> desired;
  private final Reconnect pause = new Reconnect(new SecureRandom());
  private final Thread thread;
  private @Nullable ClientCallStreamObserver<SiteMessage> out;
  // Held while a state is made and sent, so that none overtakes a later one; before `this`.
  private final Object telling = new Object();
  private Optional<Supplier<ObservedState>> observed = Optional.empty();
  // Whether the server does not know of it yet.
  private boolean news;
  private final Troubles troubles = new Troubles();
  private volatile Optional<String> trouble = Optional.empty();
  private volatile Optional<Function<byte[], Opinion>> answers = Optional.empty();
  private volatile boolean closed;
  private volatile boolean connected;
  private volatile long welcomedAt;

  /// Which start of which instance this is.
  ///
  /// @param instance made once in the site's data folder
  /// @param boot rises with every start
  /// @param software for people
  record Start(UUID instance, long boot, String software) {}

  Session(
      ServerChannel channel,
      IdentityKeyManager identity,
      Start start,
      Consumer<DesiredState> desired) {
    this.channel = channel;
    this.identity = identity;
    this.start = start;
    this.desired = desired;
    this.thread = Thread.ofVirtual().name("session").unstarted(this::keep);
  }

  void begin() {
    thread.start();
  }

  boolean isConnected() {
    return connected;
  }

  /// What keeps this site from its server now, in one sentence.
  Optional<String> trouble() {
    return trouble;
  }

  private void keep() {
    try {
      while (!closed) {
        Thread.sleep(once());
        channel.connectNow();
      }
    } catch (InterruptedException _) {
      LOG.atDebug().log("the session ends");
    }
  }

  /// One session from its beginning to its end.
  ///
  /// @return how long to wait before the next
  private Duration once() throws InterruptedException {
    var ended = new CompletableFuture<Void>();
    var welcomed = new CompletableFuture<Void>();
    var presented = identity.identity();
    FederationGrpc.newStub(channel.channel()).session(new Incoming(welcomed, ended));
    try {
      CompletableFuture.anyOf(welcomed, ended).get(WELCOME.toMillis(), TimeUnit.MILLISECONDS);
      var _ = ended.get();
      return trouble("the server ended the session", Optional.empty());
    } catch (TimeoutException _) {
      cancel("no welcome");
      return trouble(
          "no answer from " + channel.endpoint() + " within " + WELCOME, Optional.empty());
    } catch (ExecutionException e) {
      var cause = e.getCause() == null ? e : e.getCause();
      if (cause instanceof LinkException link) {
        return trouble(String.valueOf(link.getMessage()), Optional.empty());
      }
      var refusal = Refusal.of(cause);
      if (refusal.isPresent() && refusal.get().reason() == Reason.IDENTITY) {
        // This connection will never be welcome again; a certificate that was renewed since may be.
        channel.identityChanged();
        refusal = refusal.filter(_ -> presented == identity.identity());
      }
      return trouble(channel.explain(cause), refusal);
    } catch (InterruptedException e) {
      cancel("the agent ends");
      throw e;
    } finally {
      connected = false;
      synchronized (this) {
        out = null;
      }
    }
  }

  private Duration trouble(String what, Optional<Refusal> refusal) {
    if (closed) {
      return Duration.ZERO;
    }
    if (connected && pause.ended(Duration.ofNanos(System.nanoTime() - welcomedAt))) {
      troubles.over();
    }
    boolean forGood = refusal.isPresent() && !refusal.get().reason().mayPass();
    var wait = forGood ? pause.afterRefusal() : pause.next();
    trouble = Optional.of(what);
    LOG.atLevel(troubles.isNew(what) ? Level.WARN : Level.DEBUG)
        .addKeyValue("again in", wait)
        .log(what);
    return wait;
  }

  /// Tells the server what this site does, now or when the stream takes it.
  ///
  /// @param state gives it as it is then
  void observe(Supplier<ObservedState> state) {
    synchronized (this) {
      observed = Optional.of(state);
      news = true;
    }
    tell();
  }

  private void tell() {
    synchronized (telling) {
      Supplier<ObservedState> state;
      synchronized (this) {
        if (!news || observed.isEmpty() || !connected || out == null || !out.isReady()) {
          // When it is ready again, or at the next welcome.
          return;
        }
        news = false;
        state = observed.get();
      }
      // Without the lock: making it takes the agent's.
      var message = SiteMessage.newBuilder().setObserved(ObservedCodec.toWire(state.get())).build();
      synchronized (this) {
        if (connected && out != null) {
          out.onNext(message);
        }
      }
    }
  }

  /// What a hello says; everything is told again after the welcome.
  private Optional<ObservedState> present() {
    Optional<Supplier<ObservedState>> state;
    synchronized (this) {
      state = observed;
    }
    return state.map(Supplier::get);
  }

  /// Answers the server's questions in this way.
  void answerWith(Function<byte[], Opinion> how) {
    answers = Optional.of(how);
  }

  private void answer(SiteQuestion question) {
    if (answers.isEmpty()) {
      return;
    }
    var opinion = answers.get().apply(question.getManifest().toByteArray());
    var answer =
        SiteAnswer.newBuilder()
            .setNumber(question.getNumber())
            .setDecision(ObservedCodec.toWire(opinion.decision()))
            .setReason(opinion.reason());
    synchronized (this) {
      if (connected && out != null) {
        out.onNext(SiteMessage.newBuilder().setAnswer(answer).build());
      }
    }
  }

  private synchronized void cancel(String why) {
    if (out != null) {
      out.cancel(why, null);
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(Duration.ofSeconds(2));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// What the server sends in one session.
  private final class Incoming implements ClientResponseObserver<SiteMessage, ServerMessage> {

    private final CompletableFuture<Void> welcomed;
    private final CompletableFuture<Void> ended;
    private final DesiredParts.Assembly parts = new DesiredParts.Assembly();

    Incoming(CompletableFuture<Void> welcomed, CompletableFuture<Void> ended) {
      this.welcomed = welcomed;
      this.ended = ended;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<SiteMessage> stream) {
      var greeting =
          SiteHello.newBuilder()
              .setProtocol(
                  ProtocolRange.newBuilder()
                      .setLowest(Protocol.OLDEST)
                      .setHighest(Protocol.CURRENT))
              .setSoftware(start.software())
              .setInstance(start.instance().toString())
              .setBoot(start.boot())
              .setTakesParts(true);
      present().ifPresent(state -> greeting.setObserved(ObservedCodec.toWire(state)));
      synchronized (Session.this) {
        out = stream;
      }
      var hello = SiteMessage.newBuilder().setHello(greeting).build();
      stream.setOnReadyHandler(
          new Runnable() {
            private boolean greeted;

            @Override
            public void run() {
              if (!greeted) {
                greeted = true;
                stream.onNext(hello);
              }
              tell();
            }
          });
    }

    @Override
    public void onNext(ServerMessage message) {
      switch (message.getKindCase()) {
        case HELLO -> {
          int version = message.getHello().getProtocol();
          if (!Protocol.SPOKEN.speaks(version)) {
            ended.completeExceptionally(
                new LinkException(
                    "the server answers in version "
                        + version
                        + " of the protocol, this site speaks "
                        + Protocol.OLDEST
                        + " to "
                        + Protocol.CURRENT
                        + "; upgrade the "
                        + (version > Protocol.CURRENT ? "site" : "server")));
            cancel("another version of the protocol");
            return;
          }
          connected = true;
          trouble = Optional.empty();
          welcomedAt = System.nanoTime();
          LOG.atInfo()
              .addKeyValue("server", channel.endpoint())
              .addKeyValue("software", message.getHello().getSoftware())
              .addKeyValue("epoch", message.getHello().getEpoch())
              .log("connected");
          welcomed.complete(null);
          synchronized (Session.this) {
            news = true;
          }
          tell();
        }
        case DESIRED -> {
          try {
            parts.add(message.getDesired()).ifPresent(desired);
          } catch (WireException e) {
            LOG.atError().setCause(e).log("the server sent a state that this version cannot read");
          }
        }
        case QUESTION -> {
          var question = message.getQuestion();
          // On a thread of its own: reading a policy must not keep what is wanted waiting.
          var _ = Thread.ofVirtual().name("question").start(() -> answer(question));
        }
        case KIND_NOT_SET ->
            LOG.atWarn().log("the server sent a message that this version does not know");
      }
    }

    @Override
    public void onError(Throwable failure) {
      ended.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {
      ended.complete(null);
    }
  }
}
