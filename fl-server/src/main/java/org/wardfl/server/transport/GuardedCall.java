package org.wardfl.server.transport;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.wardfl.proto.channel.Protocol;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.channel.Refusal;

/// A call that the gate may end at any moment, whatever its service is doing; its answers carry the
/// server's epoch, and a refusal is recorded before the caller hears of it, whoever refuses.
final class GuardedCall<Q, A> extends SimpleForwardingServerCall<Q, A> {

  private final Caller caller;
  private final long epoch;
  private final InstantSource clock;
  private final CallWatch watch;
  private final CallTrace trace = CallTrace.current();
  private final AtomicBoolean over = new AtomicBoolean();
  private ServerCall.@Nullable Listener<Q> listener;
  private volatile boolean closed;
  private volatile boolean heard;
  private long looked = System.nanoTime();
  private long receivedThen;

  GuardedCall(
      ServerCall<Q, A> call, Caller caller, long epoch, InstantSource clock, CallWatch watch) {
    super(call);
    this.caller = caller;
    this.epoch = epoch;
    this.clock = clock;
    this.watch = watch;
  }

  Caller caller() {
    return caller;
  }

  /// Whether it may last as long as it likes.
  boolean isStream() {
    return !getMethodDescriptor().getType().clientSendsOneMessage();
  }

  /// Why the call cannot wait any longer for its request, or for the first message of several.
  /// Asked by one thread.
  Optional<Refusal> lateness(TransportLimits limits) {
    long now = System.nanoTime();
    if (heard || now - looked < limits.slowestWindow().toNanos()) {
      return Optional.empty();
    }
    long came = trace.received() - receivedThen;
    looked = now;
    receivedThen += came;
    return came >= limits.slowestBytes()
        ? Optional.empty()
        : Optional.of(
            new Refusal(
                Reason.TOO_SLOW,
                "the call began, but of its message only " + receivedThen + " bytes came"));
  }

  /// Ends the call for this reason; its service is told that it was cancelled.
  void end(Refusal refusal) {
    ServerCall.@Nullable Listener<Q> told;
    synchronized (this) {
      if (closed) {
        return;
      }
      told = listener;
      close(refusal.status(), refusal.trailers());
    }
    leave();
    if (told != null) {
      told.onCancel();
    }
  }

  synchronized ServerCall.Listener<Q> watching(ServerCall.Listener<Q> service) {
    listener = service;
    if (closed) {
      // The gate was quicker than the service.
      service.onCancel();
    }
    return new SimpleForwardingServerCallListener<>(service) {
      @Override
      public void onMessage(@Nullable Q message) {
        if (message == null) {
          end(new Refusal(Reason.MALFORMED, "bytes that are no message of this method"));
          return;
        }
        heard = heard || isStream();
        super.onMessage(message);
      }

      @Override
      public void onHalfClose() {
        heard = true;
        super.onHalfClose();
      }

      @Override
      public void onComplete() {
        leave();
        super.onComplete();
      }

      @Override
      public void onCancel() {
        watch.broken(GuardedCall.this, trace);
        leave();
        super.onCancel();
      }
    };
  }

  private void record(Refusal refusal) {
    watch.record(caller.toString(), getMethodDescriptor().getFullMethodName(), refusal);
  }

  private void leave() {
    if (over.compareAndSet(false, true)) {
      watch.over(this);
    }
  }

  /// Also true of a call that the gate ended: gRPC knows only those that the caller ended.
  @Override
  public boolean isCancelled() {
    return closed || super.isCancelled();
  }

  @Override
  public synchronized void sendHeaders(Metadata headers) {
    if (!closed) {
      headers.put(Protocol.EPOCH, Long.toString(epoch));
      headers.put(Protocol.TIME, Long.toString(clock.millis()));
      super.sendHeaders(headers);
    }
  }

  @Override
  public synchronized void sendMessage(A message) {
    if (!closed) {
      super.sendMessage(message);
    }
  }

  @Override
  public synchronized void close(Status status, Metadata trailers) {
    if (!closed) {
      closed = true;
      Refusal.of(status.asException(trailers)).ifPresent(this::record);
      trailers.put(Protocol.EPOCH, Long.toString(epoch));
      super.close(status, trailers);
    }
  }
}
