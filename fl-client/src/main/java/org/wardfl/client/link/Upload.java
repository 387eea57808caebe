package org.wardfl.client.link;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.wardfl.proto.channel.Protocol;
import org.wardfl.proto.wire.FederationGrpc;
import org.wardfl.proto.wire.FileReference;
import org.wardfl.proto.wire.StoreReply;
import org.wardfl.proto.wire.StoreRequest;

/// Sends one file to the server, from where an earlier attempt was cut.
///
/// The file is read a chunk at a time, only as fast as the network takes it. A link is given up
/// when nothing at all moves for [#STALLED], however long the whole takes.
public final class Upload implements ClientResponseObserver<StoreRequest, StoreReply> {

  /// Longer than the server takes to force a file of many GiB to its disk.
  private static final Duration STALLED = Duration.ofMinutes(5);

  private final FileChannel file;
  private final long size;
  private final FileReference reference;
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private @Nullable ClientCallStreamObserver<StoreRequest> out;
  private boolean announced;
  private long at = -1;
  private boolean sent;
  private volatile long moved = System.nanoTime();

  private Upload(FileChannel file, long size, FileReference reference) {
    this.file = file;
    this.size = size;
    this.reference = reference;
  }

  /// Sends a file and waits until it is durable at the server.
  ///
  /// @throws LinkException if it is not; what has arrived is kept there for the next attempt
  public static void send(ServerChannel channel, FileReference reference, Path path)
      throws LinkException, InterruptedException {
    try (var file = FileChannel.open(path, StandardOpenOption.READ)) {
      var upload = new Upload(file, file.size(), reference);
      FederationGrpc.newStub(channel.channel()).store(upload);
      upload.await(channel);
    } catch (IOException e) {
      throw new LinkException("the file to send cannot be read: " + e.getMessage(), e);
    }
  }

  private void await(ServerChannel channel) throws LinkException, InterruptedException {
    try {
      while (true) {
        try {
          done.get(1, java.util.concurrent.TimeUnit.SECONDS);
          return;
        } catch (java.util.concurrent.TimeoutException _) {
          if (System.nanoTime() - moved > STALLED.toNanos()) {
            throw new LinkException("nothing moved for " + STALLED);
          }
        }
      }
    } catch (ExecutionException e) {
      var cause = e.getCause() == null ? e : e.getCause();
      throw new LinkException("the file cannot be sent: " + channel.explain(cause), cause);
    } finally {
      synchronized (this) {
        if (!done.isDone() && out != null) {
          out.cancel("given up", null);
        }
      }
    }
  }

  @Override
  public synchronized void beforeStart(ClientCallStreamObserver<StoreRequest> stream) {
    out = stream;
    stream.setOnReadyHandler(this::more);
  }

  @Override
  public synchronized void onNext(StoreReply reply) {
    moved = System.nanoTime();
    if (reply.getComplete()) {
      sent = true;
      done.complete(null);
      if (out != null) {
        out.onCompleted();
      }
    } else if (at < 0) {
      at = reply.getOffset();
      more();
    }
  }

  private synchronized void more() {
    var stream = out;
    if (stream == null || sent) {
      return;
    }
    if (!announced) {
      announced = true;
      stream.onNext(StoreRequest.newBuilder().setFile(reference).build());
    }
    try {
      while (at >= 0 && at < size && stream.isReady()) {
        var bytes = ByteBuffer.allocate((int) Math.min(Protocol.CHUNK_BYTES, size - at));
        while (bytes.hasRemaining()) {
          if (file.read(bytes, at + bytes.position()) < 0) {
            throw new IOException("the file became shorter while it was sent");
          }
        }
        at += bytes.limit();
        moved = System.nanoTime();
        // The array belongs to the message from here on.
        stream.onNext(
            StoreRequest.newBuilder()
                .setData(UnsafeByteOperations.unsafeWrap(bytes.flip()))
                .build());
      }
    } catch (IOException e) {
      done.completeExceptionally(e);
      stream.cancel("the file cannot be read", e);
    }
  }

  @Override
  public void onError(Throwable failure) {
    done.completeExceptionally(failure);
  }

  @Override
  public void onCompleted() {
    // Without a reply that says `complete` it is not.
    done.completeExceptionally(new IOException("the server ended the transfer too early"));
  }
}
