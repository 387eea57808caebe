package org.wardfl.server.transport;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.wardfl.proto.channel.Protocol;
import org.wardfl.proto.channel.Refusal;

/// A call that the gate may end at any moment, whatever its service is doing; its answers carry the
/// server's epoch.
final class GuardedCall<Q, A> extends SimpleForwardingServerCall<Q, A> {

  private final long epoch;
  private final AtomicBoolean over = new AtomicBoolean();
  private Runnable whenOver = () -> {};
  private ServerCall.@Nullable Listener<Q> listener;
  private boolean closed;

  GuardedCall(ServerCall<Q, A> call, long epoch) {
    super(call);
    this.epoch = epoch;
  }

  void whenOver(Runnable action) {
    whenOver = action;
  }

  /// Ends the call for this reason; its service is told that it was cancelled.
  void end(Refusal refusal) {
    ServerCall.@Nullable Listener<Q> told;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      told = listener;
      super.close(refusal.status(), refusal.trailers());
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
      public void onComplete() {
        leave();
        super.onComplete();
      }

      @Override
      public void onCancel() {
        leave();
        super.onCancel();
      }
    };
  }

  private void leave() {
    if (over.compareAndSet(false, true)) {
      whenOver.run();
    }
  }

  @Override
  public synchronized void sendHeaders(Metadata headers) {
    if (!closed) {
      headers.put(Protocol.EPOCH, Long.toString(epoch));
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
      trailers.put(Protocol.EPOCH, Long.toString(epoch));
      super.close(status, trailers);
    }
  }
}
