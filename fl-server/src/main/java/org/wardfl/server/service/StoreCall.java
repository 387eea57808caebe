package org.wardfl.server.service;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardfl.proto.channel.Protocol;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.channel.Refusal;
import org.wardfl.proto.wire.StoreReply;
import org.wardfl.proto.wire.StoreRequest;
import org.wardfl.server.store.BlobStore;
import org.wardfl.server.store.Upload;
import org.wardfl.server.transport.TransportLimits;

/// One file on its way in. The next chunk is asked for when the one before is written, so a sender
/// that is quicker than the disk waits; one that is slower than the minimum is sent away. What
/// counts is what the network brought, whole chunks or not: over a slow link a chunk takes longer
/// than the window. While the server works, the sender is not late.
final class StoreCall implements StreamObserver<StoreRequest> {

  private static final Logger LOG = LoggerFactory.getLogger(StoreCall.class);

  private final Transfers transfers;
  private final FileAccess files;
  private final ServerCallStreamObserver<StoreReply> out;
  private final TransportLimits limits;
  private final Future<?> pace;
  private Runnable place = () -> {};
  private FileAccess.@Nullable Incoming file;
  private @Nullable Upload slot;
  private final LongSupplier arrived;
  private long received;
  private long arrivedBefore;
  private final AtomicLong worked = new AtomicLong();
  private volatile boolean working;
  private volatile boolean isStored;
  private boolean over;

  StoreCall(
      Transfers transfers,
      FileAccess files,
      ServerCallStreamObserver<StoreReply> out,
      TransportLimits limits,
      LongSupplier arrived,
      ScheduledExecutorService watch) {
    this.transfers = transfers;
    this.files = files;
    this.out = out;
    this.limits = limits;
    this.arrived = arrived;
    out.disableAutoRequest();
    out.setOnCancelHandler(this::end);
    out.setOnCloseHandler(this::end);
    out.request(1);
    long window = limits.slowestWindow().toMillis();
    pace = watch.scheduleWithFixedDelay(this::look, window, window, TimeUnit.MILLISECONDS);
  }

  @Override
  public synchronized void onNext(StoreRequest request) {
    if (over) {
      return;
    }
    long began = System.nanoTime();
    working = true;
    try {
      switch (request.getKindCase()) {
        case FILE -> begin(files.mayStore(request.getFile()));
        case DATA -> append(request);
        case KIND_NOT_SET ->
            throw new Calls.Refused(Reason.MALFORMED, "a message of an unknown kind");
      }
      if (!over) {
        out.request(1);
      }
    } catch (Exception e) {
      // Whatever happens must end the call.
      refuse(Calls.refusal(e));
    } finally {
      worked.addAndGet(System.nanoTime() - began);
      working = false;
    }
  }

  private void begin(FileAccess.Incoming announced) throws Calls.Refused, IOException {
    if (file != null) {
      throw new Calls.Refused(Reason.MALFORMED, "a second file in one call");
    }
    place = transfers.place();
    file = announced;
    var opened = transfers.open(announced);
    if (opened.isEmpty()) {
      complete(announced);
      return;
    }
    slot = opened.get();
    received = slot.offset();
    out.onNext(StoreReply.newBuilder().setOffset(received).build());
    if (received == announced.size()) {
      finish(announced, slot);
    }
  }

  private void append(StoreRequest request) throws Calls.Refused, IOException {
    var announced = file;
    var open = slot;
    if (announced == null || open == null) {
      throw new Calls.Refused(Reason.MALFORMED, "bytes before the file was announced");
    }
    if (isStored) {
      throw new Calls.Refused(Reason.MALFORMED, "bytes after the file's end");
    }
    var data = request.getData();
    if (data.isEmpty()
        || data.size() > Protocol.MAX_CHUNK_BYTES
        || data.size() > announced.size() - received) {
      throw new Calls.Refused(
          Reason.MALFORMED,
          "a chunk of " + data.size() + " bytes after " + received + " of " + announced.size());
    }
    for (var bytes : data.asReadOnlyByteBufferList()) {
      open.append(bytes);
    }
    received += data.size();
    if (received == announced.size()) {
      finish(announced, open);
    }
  }

  private void finish(FileAccess.Incoming announced, Upload open)
      throws Calls.Refused, IOException {
    try {
      open.complete();
    } catch (BlobStore.HashMismatchException e) {
      throw new Calls.Refused(Reason.HASH_MISMATCH, String.valueOf(e.getMessage()));
    }
    complete(announced);
  }

  private void complete(FileAccess.Incoming announced) {
    isStored = true;
    // The sender ends the call: ending it first from here would reset the stream, and many resets
    // look like an attack.
    out.onNext(StoreReply.newBuilder().setOffset(announced.size()).setComplete(true).build());
  }

  /// Looks whether enough has come since the last look. Waits for nobody: one thread looks after
  /// all transfers.
  private void look() {
    long now = arrived.getAsLong();
    long came = now - arrivedBefore;
    arrivedBefore = now;
    if (isStored) {
      // It could have ended the call long since.
      Thread.startVirtualThread(this::thank);
      return;
    }
    boolean waited = worked.getAndSet(0) < limits.slowestWindow().toNanos() / 2;
    if (came < limits.slowestBytes() && waited && !working) {
      Thread.startVirtualThread(() -> tooSlow(came));
    }
  }

  private synchronized void tooSlow(long came) {
    refuse(
        new Refusal(
            Reason.TOO_SLOW,
            came
                + " bytes in "
                + limits.slowestWindow().toSeconds()
                + " s; expected at least "
                + limits.slowestBytes()));
  }

  private synchronized void thank() {
    if (!over) {
      out.onCompleted();
      end();
    }
  }

  private void refuse(Refusal refusal) {
    if (!over) {
      // In this order: whoever hears of it may begin anew at once.
      end();
      out.onError(refusal.exception());
    }
  }

  private synchronized void end() {
    if (over) {
      return;
    }
    over = true;
    pace.cancel(false);
    place.run();
    try {
      if (slot != null) {
        slot.close();
      }
    } catch (IOException e) {
      LOG.atWarn().setCause(e).log("a file under way could not be closed");
    }
  }

  @Override
  public void onError(Throwable failure) {
    end();
  }

  @Override
  public synchronized void onCompleted() {
    if (isStored) {
      thank();
    } else if (!over) {
      refuse(new Refusal(Reason.MALFORMED, "the file ended after " + received + " bytes"));
    }
  }
}
