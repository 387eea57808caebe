package org.wardfl.server.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.regex.Pattern;
import org.wardfl.algo.model.ModelHash;

/// Files under way to the [BlobStore], piece by piece, over any number of connections and restarts.
///
/// A part lies in a folder of its sender, under the hash and the size that it will have; nobody
/// else can go on with it. Thread-safe.
public final class Uploads {

  private static final Pattern PART = Pattern.compile("([0-9a-f]{64})-([0-9]{1,15})");

  private final Path folder;
  private final BlobStore blobs;
  private final long quota;
  private final Set<Path> open = new HashSet<>();

  /// Uploads in a folder on the same file system as the blobs.
  ///
  /// @param quota bytes that the parts of one sender may come to
  /// @throws IOException if the folder cannot be made
  public Uploads(Path folder, BlobStore blobs, long quota) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.blobs = blobs;
    this.quota = quota;
  }

  /// Goes on with a file, or begins it.
  ///
  /// @param owner who sends it
  /// @param size in bytes, positive
  /// @throws QuotaException if the sender has too much under way
  /// @throws InUseException if the file is under way on another connection
  /// @throws IOException if it cannot be stored
  public Upload open(String owner, ModelHash hash, long size)
      throws QuotaException, InUseException, IOException {
    var own = Files.createDirectories(folder.resolve(folderName(owner)));
    var part = own.resolve(hash.hex() + "-" + size);
    synchronized (this) {
      if (!open.add(part)) {
        throw new InUseException("the file is under way on another connection");
      }
    }
    try {
      requireQuota(own, part, size);
      return new Upload(part, hash, size, blobs, () -> release(part));
    } catch (QuotaException | IOException | RuntimeException e) {
      release(part);
      throw e;
    }
  }

  private synchronized void release(Path part) {
    open.remove(part);
  }

  private void requireQuota(Path own, Path part, long size) throws QuotaException, IOException {
    long sum = size;
    try (var parts = Files.list(own)) {
      for (var other : parts.filter(other -> !other.equals(part)).toList()) {
        var name = PART.matcher(String.valueOf(other.getFileName()));
        sum += name.matches() ? Long.parseLong(name.group(2)) : 0;
      }
    }
    if (sum > quota) {
      throw new QuotaException(
          sum + " bytes under way, at most " + quota + " are allowed; parts expire by themselves");
    }
  }

  /// Deletes parts that nobody went on with for so long.
  ///
  /// @throws IOException if the folder cannot be read
  public void expire(Instant now, Duration kept) throws IOException {
    try (var parts = Files.walk(folder, 2)) {
      for (var part : parts.filter(Files::isRegularFile).toList()) {
        synchronized (this) {
          if (!open.contains(part)
              && Files.getLastModifiedTime(part).toInstant().plus(kept).isBefore(now)) {
            Files.delete(part);
          }
        }
      }
    } catch (NoSuchFileException _) {
      // A part was completed in the meantime; the next time finds the rest.
      return;
    }
  }

  // The sender's name may have any character; its hexadecimal digits make a folder's name.
  private static String folderName(String owner) {
    return HexFormat.of().formatHex(owner.getBytes(StandardCharsets.UTF_8));
  }

  /// A sender has too much under way.
  public static final class QuotaException extends Exception {
    private static final long serialVersionUID = 1L;

    QuotaException(String message) {
      super(message);
    }
  }

  /// A file is under way already.
  public static final class InUseException extends Exception {
    private static final long serialVersionUID = 1L;

    InUseException(String message) {
      super(message);
    }
  }
}
