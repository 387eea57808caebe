package org.wardfl.server.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardfl.algo.model.ModelHash;

/// One file under way, by one sender on one connection; not thread-safe.
///
/// Bytes are hashed as they come. What a loss of power took of them shows in the hash at the end;
/// then the file comes anew.
public final class Upload implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Upload.class);
  private static final int BUFFER = 256 << 10;
  // Forcing in the background leaves little to be forced at the end.
  private static final long FORCE_EVERY = 16L << 20;

  private final Path part;
  private final ModelHash hash;
  private final long size;
  private final BlobStore blobs;
  private final Runnable release;
  private final FileChannel file;
  private final MessageDigest digest;
  private final Semaphore forcing = new Semaphore(1);
  private long offset;
  private long unforced;

  Upload(Path part, ModelHash hash, long size, BlobStore blobs, Runnable release)
      throws IOException {
    this.part = part;
    this.hash = hash;
    this.size = size;
    this.blobs = blobs;
    this.release = release;
    digest = sha256();
    file =
        FileChannel.open(
            part, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      readBack();
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  private void readBack() throws IOException {
    var buffer = ByteBuffer.allocate(BUFFER);
    while (file.read(buffer.clear(), offset) > 0) {
      offset += buffer.flip().remaining();
      digest.update(buffer);
    }
  }

  /// Bytes that are here, from the beginning.
  public long offset() {
    return offset;
  }

  /// Adds the next bytes.
  ///
  /// @param bytes no more than are missing
  /// @throws IOException if they cannot be written; then they are not there
  public void append(ByteBuffer bytes) throws IOException {
    if (bytes.remaining() > size - offset) {
      throw new IllegalArgumentException(
          bytes.remaining() + " bytes after " + offset + " of " + size);
    }
    var hashed = bytes.duplicate();
    long at = offset;
    try {
      while (bytes.hasRemaining()) {
        at += file.write(bytes, at);
      }
    } catch (IOException e) {
      file.truncate(offset);
      throw e;
    }
    digest.update(hashed);
    unforced += at - offset;
    offset = at;
    if (unforced >= FORCE_EVERY && forcing.tryAcquire()) {
      unforced = 0;
      Thread.startVirtualThread(this::force);
    }
  }

  private void force() {
    try {
      file.force(false);
    } catch (IOException e) {
      // The force at the end fails as well, and that one counts.
      LOG.atWarn().addKeyValue("file", part).setCause(e).log("a file could not be forced");
    } finally {
      forcing.release();
    }
  }

  /// Makes the file durable under its hash, and ends the upload.
  ///
  /// @throws BlobStore.HashMismatchException if the bytes have another hash; then they are thrown
  ///   away
  /// @throws IOException if it cannot be made durable; what is there is kept
  public void complete() throws IOException, BlobStore.HashMismatchException {
    if (offset != size) {
      throw new IllegalStateException(offset + " of " + size + " bytes are here");
    }
    var found = HexFormat.of().formatHex(digest.digest());
    if (!found.equals(hash.hex())) {
      file.close();
      Files.delete(part);
      throw new BlobStore.HashMismatchException(
          "the bytes have SHA-256 " + found + ", " + hash + " was announced");
    }
    forcing.acquireUninterruptibly();
    try {
      file.force(true);
      file.close();
    } finally {
      forcing.release();
    }
    blobs.adopt(part, hash);
  }

  /// Keeps what is there for a later connection.
  @Override
  public void close() throws IOException {
    try {
      file.close();
    } finally {
      release.run();
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
