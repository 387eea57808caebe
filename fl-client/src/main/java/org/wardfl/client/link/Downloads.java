package org.wardfl.client.link;

import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Iterator;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.proto.task.TaskCodec;
import org.wardfl.proto.wire.Chunk;
import org.wardfl.proto.wire.FederationGrpc;
import org.wardfl.proto.wire.FetchRequest;

/// Brings files from the server: a download that was cut goes on where it stopped, also after a
/// restart, because what has arrived lies in a folder under the file's hash.
///
/// Bytes go from the network to the file through one buffer and through SHA-256; no file is ever
/// held in memory, and none is handed over whose hash is not the one that was asked for.
public final class Downloads {

  private static final int BUFFER = 256 << 10;
  private static final Duration KEPT = Duration.ofDays(7);

  private final ServerChannel channel;
  private final Path folder;

  /// A place for files under way.
  ///
  /// @param folder on the same file system as the targets; made if it does not exist
  /// @throws IOException if it cannot be made or tidied
  public Downloads(ServerChannel channel, Path folder) throws IOException {
    this.channel = channel;
    this.folder = Files.createDirectories(folder);
    var oldest = Instant.now().minus(KEPT);
    try (var parts = Files.list(folder)) {
      for (var part : parts.toList()) {
        if (Files.getLastModifiedTime(part).toInstant().isBefore(oldest)) {
          Files.delete(part);
        }
      }
    }
  }

  /// Where the bytes come from.
  public interface Source {
    /// The chunks from an offset on; the first one tells the whole size.
    Iterator<Chunk> from(long offset);
  }

  /// Brings one of the federation's files.
  ///
  /// @param largest bytes that it may have
  /// @param target does not exist yet
  void fetch(ModelHash hash, long largest, Path target) throws LinkException {
    fetch(
        hash,
        largest,
        target,
        offset ->
            FederationGrpc.newBlockingStub(channel.channel())
                .fetch(
                    FetchRequest.newBuilder()
                        .setHash(TaskCodec.toWire(hash))
                        .setOffset(offset)
                        .build()));
  }

  /// Brings one file; a second caller for the same file waits for the first.
  ///
  /// @param largest bytes that it may have
  /// @param target does not exist yet, or is replaced
  /// @throws LinkException if it does not arrive whole; what came is kept for the next attempt
  public void fetch(ModelHash hash, long largest, Path target, Source source) throws LinkException {
    var part = folder.resolve(hash.hex());
    synchronized (lockOf(hash)) {
      try (var file =
          FileChannel.open(
              part, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        var digest = sha256();
        long offset = digestOf(file, digest);
        receive(hash, largest, source, file, offset, digest);
        if (!HexFormat.of().formatHex(digest.digest()).equals(hash.hex())) {
          Files.delete(part);
          throw new LinkException("file " + hash + " arrived with other bytes; it is fetched anew");
        }
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        throw new LinkException("file " + hash + " cannot be written: " + e.getMessage(), e);
      } catch (StatusRuntimeException e) {
        throw new LinkException("file " + hash + " cannot be fetched: " + channel.explain(e), e);
      }
    }
  }

  // One lock for each hash, without keeping any: texts of the same hash are the same object.
  private static Object lockOf(ModelHash hash) {
    return ("ward download " + hash.hex()).intern();
  }

  private static void receive(
      ModelHash hash,
      long largest,
      Source source,
      FileChannel file,
      long offset,
      MessageDigest digest)
      throws IOException, LinkException {
    var call = Context.current().withCancellation();
    var before = call.attach();
    try {
      write(hash, largest, source.from(offset), file, offset, digest);
    } finally {
      // Whatever the server would still send is not wanted.
      call.detachAndCancel(before, null);
    }
  }

  private static void write(
      ModelHash hash,
      long largest,
      Iterator<Chunk> chunks,
      FileChannel file,
      long offset,
      MessageDigest digest)
      throws IOException, LinkException {
    long at = offset;
    long size = -1;
    while (chunks.hasNext()) {
      var chunk = chunks.next();
      if (size < 0) {
        size = chunk.getSizeBytes();
      }
      if (size > largest || at + chunk.getData().size() > size) {
        throw new LinkException(
            "file "
                + hash
                + ": the server sends "
                + Math.max(size, at + chunk.getData().size())
                + " bytes, expected at most "
                + Math.min(largest, size));
      }
      for (var bytes : chunk.getData().asReadOnlyByteBufferList()) {
        digest.update(bytes.duplicate());
        while (bytes.hasRemaining()) {
          at += file.write(bytes, at);
        }
      }
    }
    if (at != size) {
      throw new LinkException("file " + hash + " ended after " + at + " of " + size + " bytes");
    }
  }

  private static long digestOf(FileChannel file, MessageDigest digest) throws IOException {
    var buffer = ByteBuffer.allocateDirect(BUFFER);
    long at = 0;
    while (true) {
      int read = file.read(buffer.clear(), at);
      if (read < 0) {
        return at;
      }
      digest.update(buffer.flip());
      at += read;
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
