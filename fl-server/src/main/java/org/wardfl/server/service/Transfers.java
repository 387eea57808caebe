package org.wardfl.server.service;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.wire.Chunk;
import org.wardfl.proto.wire.FileStatus;
import org.wardfl.proto.wire.StoreReply;
import org.wardfl.proto.wire.StoreRequest;
import org.wardfl.server.store.BlobStore;
import org.wardfl.server.store.Upload;
import org.wardfl.server.store.Uploads;
import org.wardfl.server.transport.PeerGate;
import org.wardfl.server.transport.TransportLimits;

/// Files on their way, at most so many at once for each caller. Each holds one chunk in memory and
/// one window in the network stack, whatever its size.
public final class Transfers {

  private final BlobStore blobs;
  private final Uploads uploads;
  private final TransportLimits limits;
  private final ScheduledExecutorService watch;
  private final Map<String, Integer> underWay = new ConcurrentHashMap<>();

  /// No transfers yet.
  ///
  /// @param watch looks after their pace
  public Transfers(
      BlobStore blobs, Uploads uploads, TransportLimits limits, ScheduledExecutorService watch) {
    this.blobs = blobs;
    this.uploads = uploads;
    this.limits = limits;
    this.watch = watch;
  }

  FileStatus status(FileAccess.Incoming file) throws Calls.Refused, IOException {
    if (blobs.find(file.hash()).isPresent()) {
      return FileStatus.newBuilder().setOffset(file.size()).setComplete(true).build();
    }
    try (var upload = begin(file)) {
      return FileStatus.newBuilder().setOffset(upload.offset()).build();
    }
  }

  void send(Path file, long offset, ServerCallStreamObserver<Chunk> out)
      throws Calls.Refused, IOException {
    var place = place();
    try {
      new SendCall(file, offset, out, place).begin();
    } catch (Calls.Refused | IOException | RuntimeException e) {
      place.run();
      throw e;
    }
  }

  StreamObserver<StoreRequest> receive(FileAccess files, ServerCallStreamObserver<StoreReply> out) {
    return new StoreCall(this, files, out, limits, PeerGate.received(), watch);
  }

  /// Goes on with a file; empty if it is here already.
  Optional<Upload> open(FileAccess.Incoming file) throws Calls.Refused, IOException {
    return blobs.find(file.hash()).isPresent() ? Optional.empty() : Optional.of(begin(file));
  }

  private Upload begin(FileAccess.Incoming file) throws Calls.Refused, IOException {
    try {
      return uploads.open(file.owner(), file.hash(), file.size());
    } catch (Uploads.QuotaException e) {
      throw new Calls.Refused(Reason.QUOTA, String.valueOf(e.getMessage()));
    } catch (Uploads.InUseException e) {
      throw new Calls.Refused(Reason.BUSY, String.valueOf(e.getMessage()));
    }
  }

  /// Takes one of the caller's places.
  ///
  /// @return gives it back; may run more than once
  Runnable place() throws Calls.Refused {
    var caller = PeerGate.caller().name().uri();
    int count = underWay.merge(caller, 1, Integer::sum);
    var taken = new java.util.concurrent.atomic.AtomicBoolean(true);
    Runnable giveBack =
        () -> {
          if (taken.compareAndSet(true, false)) {
            underWay.computeIfPresent(caller, (_, now) -> now > 1 ? now - 1 : null);
          }
        };
    if (count > limits.transfersPerCaller()) {
      giveBack.run();
      throw new Calls.Refused(
          Reason.BUSY, "more than " + limits.transfersPerCaller() + " files at once");
    }
    return giveBack;
  }
}
