package org.wardfl.client.link;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicLong;
import org.wardfl.proto.channel.Protocol;

/// Ends calls that a server answers which has been replaced: its epoch is lower than one that was
/// seen before.
final class EpochGuard implements ClientInterceptor {

  private final AtomicLong highest = new AtomicLong();

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
      @Override
      public void start(Listener<A> listener, Metadata headers) {
        super.start(
            new SimpleForwardingClientCallListener<>(listener) {
              private boolean stale;

              @Override
              public void onHeaders(Metadata headers) {
                stale = isStale(headers);
                if (stale) {
                  cancel("the server was replaced by a later one", null);
                  return;
                }
                super.onHeaders(headers);
              }

              @Override
              public void onMessage(A message) {
                if (!stale) {
                  super.onMessage(message);
                }
              }

              @Override
              public void onClose(Status status, Metadata trailers) {
                if (stale) {
                  super.onClose(
                      Status.UNAVAILABLE.withDescription(
                          "the server that answered was replaced by a later one"),
                      new Metadata());
                } else {
                  super.onClose(status, trailers);
                }
              }
            },
            headers);
      }
    };
  }

  private boolean isStale(Metadata headers) {
    var text = headers.get(Protocol.EPOCH);
    if (text == null) {
      return false;
    }
    try {
      long epoch = Long.parseLong(text);
      return epoch < highest.accumulateAndGet(epoch, Math::max);
    } catch (NumberFormatException _) {
      return true;
    }
  }
}
