package org.wardfl.server.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.wardfl.algo.model.ModelHash;

/// Files under way to the [BlobStore], piece by piece, over any number of connections and restarts.
///
/// A part lies in a folder of its sender, under the hash and the size that it will have; nobody
/// else can go on with it, and two senders of the same file each bring all of it. A sender's quota
/// covers what it has under way, and what it has brought that nothing refers to. Thread-safe.
public final class Uploads {

  private static final Pattern PART = Pattern.compile("([0-9a-f]{64})-([0-9]{1,15})");
  // A file has its price, however short it is said to be.
  private static final long LEAST = 64 << 10;

  private final Path folder;
  private final BlobStore blobs;
  private final long quota;
  private final Supplier<Set<ModelHash>> needed;
  private final Map<Path, Long> open = new HashMap<>();
  private final Map<Path, Map<ModelHash, Long>> brought = new HashMap<>();

  /// Uploads in a folder on the same file system as the blobs.
  ///
  /// @param quota bytes that one sender may have under way or unused
  /// @param needed every file that is referred to
  /// @throws IOException if the folder cannot be made
  public Uploads(Path folder, BlobStore blobs, long quota, Supplier<Set<ModelHash>> needed)
      throws IOException {
    this.folder = Files.createDirectories(folder);
    this.blobs = blobs;
    this.quota = quota;
    this.needed = needed;
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
      if (open.containsKey(part)) {
        throw new InUseException("the file is under way on another connection");
      }
      requireQuota(own, part, size);
      open.put(part, size);
    }
    try {
      return new Upload(
          part, hash, size, blobs, () -> release(part), () -> brought(own, hash, size));
    } catch (IOException | RuntimeException e) {
      release(part);
      throw e;
    }
  }

  private synchronized void release(Path part) {
    open.remove(part);
  }

  private synchronized void brought(Path own, ModelHash hash, long size) {
    brought.computeIfAbsent(own, _ -> new HashMap<>()).put(hash, size);
  }

  private void requireQuota(Path own, Path part, long size) throws QuotaException, IOException {
    long underWay = price(size);
    for (var entry : parts(own).entrySet()) {
      underWay += entry.getKey().equals(part) ? 0 : price(entry.getValue());
    }
    if (underWay + unused(own) > quota) {
      settle(own);
    }
    long sum = underWay + unused(own);
    if (sum > quota) {
      throw new QuotaException(
          sum
              + " bytes under way or unused, at most "
              + quota
              + " are allowed; go on with what was begun, or wait until it expires");
    }
  }

  /// The parts of a sender, those included that were only just begun.
  private Map<Path, Long> parts(Path own) throws IOException {
    var parts = new HashMap<Path, Long>();
    try (var files = Files.newDirectoryStream(own)) {
      for (var file : files) {
        var name = PART.matcher(String.valueOf(file.getFileName()));
        if (name.matches()) {
          parts.put(file, Long.parseLong(name.group(2)));
        }
      }
    }
    open.forEach((part, size) -> {
      if (own.equals(part.getParent())) {
        parts.put(part, size);
      }
    });
    return parts;
  }

  private long unused(Path own) {
    return brought.getOrDefault(own, Map.of()).values().stream().mapToLong(Uploads::price).sum();
  }

  /// Takes off what a sender has brought and is used by now, or gone.
  private void settle(Path own) throws IOException {
    var files = brought.get(own);
    if (files == null) {
      return;
    }
    files.keySet().removeAll(blobs.missing(files.keySet()));
    files.keySet().removeAll(needed.get());
  }

  private static long price(long size) {
    return Math.max(size, LEAST);
  }

  /// Deletes parts that nobody went on with for so long.
  ///
  /// @throws IOException if the folder cannot be read
  public void expire(Instant now, Duration kept) throws IOException {
    try (var owners = Files.newDirectoryStream(folder)) {
      for (var own : owners) {
        try (var files = Files.newDirectoryStream(own)) {
          for (var file : files) {
            expire(file, now.minus(kept));
          }
        }
      }
    }
  }

  private synchronized void expire(Path file, Instant oldest) throws IOException {
    var name = String.valueOf(file.getFileName());
    var part =
        name.endsWith(PartFile.SUMS)
            ? file.resolveSibling(name.substring(0, name.length() - PartFile.SUMS.length()))
            : file;
    try {
      if (!open.containsKey(part) && Files.getLastModifiedTime(file).toInstant().isBefore(oldest)) {
        Files.delete(file);
      }
    } catch (NoSuchFileException _) {
      // It was completed in the meantime.
      return;
    }
  }

  // A sender's name may have any character and any length.
  private static String folderName(String owner) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(owner.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
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
