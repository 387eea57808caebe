package org.wardfl.server.service;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.stub.ServerCallStreamObserver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardfl.proto.channel.Protocol;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.wire.Chunk;

/// One file on its way out, read a chunk at a time and only as fast as the other side takes it.
final class SendCall {

  private static final Logger LOG = LoggerFactory.getLogger(SendCall.class);

  private final FileChannel file;
  private final long size;
  private final ServerCallStreamObserver<Chunk> out;
  private final Runnable place;
  private long at;
  private boolean first = true;
  private boolean over;

  SendCall(Path path, long offset, ServerCallStreamObserver<Chunk> out, Runnable place)
      throws Calls.Refused, IOException {
    file = FileChannel.open(path, StandardOpenOption.READ);
    size = file.size();
    this.out = out;
    this.place = place;
    at = offset;
    if (offset < 0 || offset > size) {
      file.close();
      throw new Calls.Refused(
          Reason.MALFORMED, "offset " + offset + " of a file with " + size + " bytes");
    }
  }

  void begin() {
    out.setOnReadyHandler(this::more);
    out.setOnCancelHandler(this::end);
    out.setOnCloseHandler(this::end);
    more();
  }

  private synchronized void more() {
    try {
      while (!over && out.isReady() && (first || at < size)) {
        var bytes = ByteBuffer.allocate((int) Math.min(Protocol.CHUNK_BYTES, size - at));
        while (bytes.hasRemaining()) {
          if (file.read(bytes, at + bytes.position()) < 0) {
            throw new IOException("the file became shorter while it was sent");
          }
        }
        var chunk = Chunk.newBuilder();
        if (first) {
          chunk.setSizeBytes(size);
          first = false;
        }
        at += bytes.limit();
        // The array belongs to the message from here on.
        out.onNext(chunk.setData(UnsafeByteOperations.unsafeWrap(bytes.flip())).build());
      }
      if (!over && !first && at == size) {
        out.onCompleted();
        end();
      }
    } catch (IOException | IllegalStateException e) {
      if (!over) {
        out.onError(Calls.refusal(e).exception());
        end();
      }
    }
  }

  private synchronized void end() {
    if (over) {
      return;
    }
    over = true;
    place.run();
    try {
      file.close();
    } catch (IOException e) {
      LOG.atWarn().setCause(e).log("a file could not be closed");
    }
  }
}
