package org.wardfl.server.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.wardfl.algo.model.ModelHash;

/// One file under way, by one sender on one connection; not thread-safe.
///
/// Bytes are hashed as they come. What is there when an upload is opened again was checked block by
/// block, so the offset is that of bytes which will be there.
public final class Upload implements AutoCloseable {

  // Forcing in the background leaves little to be forced at the end.
  private static final long FORCE_EVERY = 16L << 20;

  private final Path path;
  private final ModelHash hash;
  private final long size;
  private final BlobStore blobs;
  private final Runnable release;
  private final Runnable stored;
  private final MessageDigest digest;
  private final PartFile part;
  private final Semaphore forcing = new Semaphore(1);
  private volatile @Nullable IOException notForced;
  private long unforced;
  private boolean completed;

  /// @param release runs when the upload is closed
  /// @param stored runs when the file is in the blob store
  Upload(Path path, ModelHash hash, long size, BlobStore blobs, Runnable release, Runnable stored)
      throws IOException {
    this.path = path;
    this.hash = hash;
    this.size = size;
    this.blobs = blobs;
    this.release = release;
    this.stored = stored;
    digest = sha256();
    part = PartFile.open(path, digest);
  }

  /// Bytes that are here, from the beginning.
  public long offset() {
    return part.offset();
  }

  /// Adds the next bytes.
  ///
  /// @param bytes no more than are missing
  /// @throws IOException if they cannot be written; the upload can then only be closed, and what
  ///   was there before it is kept
  public void append(ByteBuffer bytes) throws IOException {
    int length = bytes.remaining();
    if (length > size - offset()) {
      throw new IllegalArgumentException(length + " bytes after " + offset() + " of " + size);
    }
    var hashed = bytes.duplicate();
    try {
      part.append(bytes);
    } catch (IOException e) {
      throw new IOException("cannot write " + path + ": " + e.getMessage(), e);
    }
    digest.update(hashed);
    unforced += length;
    if (unforced >= FORCE_EVERY && forcing.tryAcquire()) {
      unforced = 0;
      Thread.startVirtualThread(this::force);
    }
  }

  private void force() {
    try {
      part.force(false);
    } catch (IOException e) {
      // The system tells of a failed force once; the next would succeed without the bytes.
      notForced = e;
    } finally {
      forcing.release();
    }
  }

  /// Makes the file durable under its hash.
  ///
  /// @throws BlobStore.HashMismatchException if the bytes have another hash; then they are thrown
  ///   away
  /// @throws IOException if it cannot be made durable; then the bytes are thrown away as well
  public void complete() throws IOException, BlobStore.HashMismatchException {
    if (completed || offset() != size) {
      throw new IllegalStateException(offset() + " of " + size + " bytes are here, or all before");
    }
    completed = true;
    var found = HexFormat.of().formatHex(digest.digest());
    forcing.acquireUninterruptibly();
    try {
      if (!found.equals(hash.hex())) {
        part.delete();
        throw new BlobStore.HashMismatchException(
            "the bytes have SHA-256 " + found + ", " + hash + " was announced");
      }
      forceAll();
      part.close();
    } finally {
      forcing.release();
    }
    blobs.adopt(path, hash);
    PartFile.forgetSums(path);
    stored.run();
  }

  private void forceAll() throws IOException {
    try {
      var earlier = notForced;
      if (earlier != null) {
        throw earlier;
      }
      part.force(true);
    } catch (IOException e) {
      part.delete();
      throw new IOException("file " + path + " cannot be made durable: " + e.getMessage(), e);
    }
  }

  /// Keeps what is there for a later connection.
  @Override
  public void close() throws IOException {
    forcing.acquireUninterruptibly();
    try {
      if (notForced != null && !completed) {
        part.delete();
      } else {
        part.close();
      }
    } finally {
      forcing.release();
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
