package org.wardfl.server.transport;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// What the network knows of a call and its handler does not: bytes of messages that are not whole
/// yet, and why the call broke.
final class CallTrace extends ServerStreamTracer {

  private static final Context.Key<CallTrace> KEY = Context.key("ward-trace");

  private final AtomicLong received = new AtomicLong();
  private volatile Status end = Status.OK;

  static ServerStreamTracer.Factory factory() {
    return new ServerStreamTracer.Factory() {
      @Override
      public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
        return new CallTrace();
      }
    };
  }

  /// The trace of the call that runs now.
  static CallTrace current() {
    @Nullable CallTrace trace = KEY.get();
    return Objects.requireNonNull(trace, "every call has a trace");
  }

  long received() {
    return received.get();
  }

  /// Whether a message was larger than any may be.
  boolean hadOversizeMessage() {
    return end.getCode() == Status.Code.RESOURCE_EXHAUSTED;
  }

  @Override
  public Context filterContext(Context context) {
    return context.withValue(KEY, this);
  }

  @Override
  public void inboundWireSize(long bytes) {
    received.addAndGet(bytes);
  }

  @Override
  public void streamClosed(Status status) {
    end = status;
  }
}
