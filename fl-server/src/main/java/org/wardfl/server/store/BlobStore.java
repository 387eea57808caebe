package org.wardfl.server.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardfl.algo.model.Durability;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.algo.model.ModelWriter;

/// Immutable files by their SHA-256, in `ab/` and the rest of the name.
///
/// A file that this process did not write itself is hashed when it is first asked for. One with
/// other bytes is reported once and moved to `damaged/`, so that its sender can bring it again.
/// Files are deleted when nothing refers to them; two jobs may refer to the same one, so whoever is
/// about to refer to a file [claims][#claim] it first. Thread-safe; one process per folder.
public final class BlobStore {

  private static final Logger LOG = LoggerFactory.getLogger(BlobStore.class);
  private static final int LOCKS = 64;

  private final Path folder;
  private final Path incoming;
  private final Path damaged;
  private final Durability durability;
  private final Object[] locks = Stream.generate(Object::new).limit(LOCKS).toArray();
  private final Set<ModelHash> verified = ConcurrentHashMap.newKeySet();
  // What deletes holds the lock of this map from looking at the claims until it has deleted.
  private final Map<ModelHash, Integer> claims = new HashMap<>();
  private final Set<ModelHash> unused = new HashSet<>();

  /// Opens the folder, which is made if it does not exist.
  ///
  /// @throws IOException if it cannot be made
  public BlobStore(Path folder, Durability durability) throws IOException {
    boolean fresh = !Files.exists(folder);
    this.folder = Files.createDirectories(folder);
    this.incoming = Files.createDirectories(folder.resolve("incoming"));
    this.damaged = folder.resolve("damaged");
    this.durability = durability;
    if (fresh) {
      force(folder);
      force(Objects.requireNonNull(folder.toAbsolutePath().getParent()));
    }
  }

  /// A path on the same file system for a file that is still being written.
  public Path incoming(String name) {
    return incoming.resolve(name);
  }

  /// Takes over a file, which is moved in; durable when it returns.
  ///
  /// @param file written by nobody any more
  /// @param hash the caller computed it from the bytes as they were written
  /// @throws IOException if it cannot be moved
  public void adopt(Path file, ModelHash hash) throws IOException {
    var target = path(hash);
    var shelf = Files.createDirectories(target.getParent());
    if (durability == Durability.DISK) {
      try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
    }
    synchronized (lock(hash)) {
      // One that is there already has the same bytes, or should have.
      Files.move(file, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      verified.add(hash);
    }
    force(shelf);
    force(folder);
  }

  /// Takes a copy of a file that may belong to somebody else, and checks its hash.
  ///
  /// @throws IOException if it cannot be read or stored
  /// @throws HashMismatchException if the bytes have another hash; then nothing is stored
  public void store(Path file, ModelHash hash) throws IOException, HashMismatchException {
    if (find(hash).isPresent()) {
      return;
    }
    var copy = Files.createTempFile(incoming, "copy", "");
    try {
      Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
      var found = ModelWriter.hash(copy);
      if (!found.equals(hash)) {
        throw new HashMismatchException("a file with hash " + found + " was announced as " + hash);
      }
      adopt(copy, hash);
    } finally {
      Files.deleteIfExists(copy);
    }
  }

  /// Takes a second name for a file that stays where it is and will not change: for a sender on the
  /// same machine that computed the hash as it wrote.
  ///
  /// @throws IOException if the file system cannot do that
  public void link(Path file, ModelHash hash) throws IOException {
    var target = path(hash);
    synchronized (lock(hash)) {
      if (!Files.exists(target)) {
        Files.createDirectories(target.getParent());
        Files.createLink(target, file);
        verified.add(hash);
      }
    }
  }

  /// The file of that hash, if it is here.
  ///
  /// @throws IOException if it is damaged, with its path, or cannot be read; a damaged one is not
  ///   here the next time
  public Optional<Path> find(ModelHash hash) throws IOException {
    synchronized (claims) {
      unused.remove(hash);
    }
    var path = path(hash);
    if (!Files.exists(path)) {
      return Optional.empty();
    }
    if (!verified.contains(hash)) {
      synchronized (lock(hash)) {
        if (!verified.contains(hash)) {
          verify(hash);
        }
      }
    }
    return Optional.of(path);
  }

  /// The file of that hash.
  ///
  /// @throws IOException if it is not here, damaged, or cannot be read
  public Path require(ModelHash hash) throws IOException {
    return find(hash).orElseThrow(() -> new IOException("file " + hash + " is not in the store"));
  }

  /// Reads a whole file and compares it with its name, whether or not that was done before.
  ///
  /// @throws IOException if it is damaged, with its path, or cannot be read
  public void verify(ModelHash hash) throws IOException {
    var path = path(hash);
    synchronized (lock(hash)) {
      var found = ModelWriter.hash(path);
      if (found.equals(hash)) {
        verified.add(hash);
        return;
      }
      verified.remove(hash);
      Files.createDirectories(damaged);
      var aside = damaged.resolve(hash.hex());
      Files.move(path, aside, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      var damage =
          new IOException(
              "file "
                  + path
                  + " is damaged: its bytes have SHA-256 "
                  + found
                  + "; it was moved to "
                  + aside);
      LOG.atError().addKeyValue("file", path).setCause(damage).log("a stored file is damaged");
      throw damage;
    }
  }

  /// Keeps a file from being deleted, whether or not it is here yet. To be taken before looking for
  /// the file, and held until the reference to it is durable and known; never while holding a lock
  /// that the answer to "what is needed" takes.
  ///
  /// @return gives the claim back
  public Claim claim(ModelHash hash) {
    synchronized (claims) {
      claims.merge(hash, 1, Integer::sum);
    }
    return () -> {
      synchronized (claims) {
        claims.computeIfPresent(hash, (_, count) -> count > 1 ? count - 1 : null);
      }
    };
  }

  /// Of the files that are needed, those that are not here, or are empty.
  ///
  /// @throws IOException if the folder cannot be read
  public Set<ModelHash> missing(Set<ModelHash> needed) throws IOException {
    var missing = new HashSet<ModelHash>();
    for (var hash : needed) {
      try {
        if (Files.size(path(hash)) == 0) {
          missing.add(hash);
        }
      } catch (NoSuchFileException _) {
        missing.add(hash);
      }
    }
    return missing;
  }

  /// Deletes every file that is not among these, and what was being written when the process ended.
  /// Only before anything else uses the store.
  ///
  /// @throws IOException if the folder cannot be read
  public void retain(Set<ModelHash> needed) throws IOException {
    try (var leftovers = Files.newDirectoryStream(incoming)) {
      for (var file : leftovers) {
        Files.delete(file);
      }
    }
    for (var hash : all()) {
      if (!needed.contains(hash)) {
        delete(hash);
      }
    }
  }

  /// Deletes files that were given up, unless somebody else refers to them or is about to.
  ///
  /// @param needed every file that is referred to
  /// @throws IOException if one cannot be deleted
  public void forget(Collection<ModelHash> given, Supplier<Set<ModelHash>> needed)
      throws IOException {
    synchronized (claims) {
      var unclaimed = given.stream().filter(hash -> !claims.containsKey(hash)).toList();
      // Asked after the claims were looked at: whoever gave one back has its reference known.
      var kept = unclaimed.isEmpty() ? Set.<ModelHash>of() : needed.get();
      for (var hash : unclaimed) {
        if (!kept.contains(hash)) {
          delete(hash);
        }
      }
    }
  }

  /// Deletes files that nobody refers to and nobody looked for since the last sweep: uploads that
  /// were never delivered.
  ///
  /// @param needed every file that is referred to
  /// @throws IOException if the folder cannot be read or a file not deleted
  public void sweep(Supplier<Set<ModelHash>> needed) throws IOException {
    synchronized (claims) {
      forget(Set.copyOf(unused), needed);
      unused.clear();
      unused.addAll(all());
      unused.removeAll(needed.get());
    }
  }

  private Set<ModelHash> all() throws IOException {
    var all = new HashSet<ModelHash>();
    try (var files = Files.walk(folder, 2)) {
      files
          .filter(Files::isRegularFile)
          .map(file ->
              folder.relativize(file).toString().replace(file.getFileSystem().getSeparator(), ""))
          .filter(name -> name.matches("[0-9a-f]{64}"))
          .forEach(name -> all.add(new ModelHash(name)));
    }
    return all;
  }

  private void delete(ModelHash hash) throws IOException {
    verified.remove(hash);
    Files.deleteIfExists(path(hash));
  }

  private Object lock(ModelHash hash) {
    return locks[Math.floorMod(hash.hashCode(), LOCKS)];
  }

  private Path path(ModelHash hash) {
    return folder.resolve(hash.hex().substring(0, 2)).resolve(hash.hex().substring(2));
  }

  private void force(Path changed) throws IOException {
    if (durability == Durability.DISK) {
      try (var channel = FileChannel.open(changed, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  /// Keeps a file while it is held; may be closed once.
  public interface Claim extends AutoCloseable {

    @Override
    void close();
  }

  /// A file is not what it was announced as.
  public static final class HashMismatchException extends Exception {
    private static final long serialVersionUID = 1L;

    HashMismatchException(String message) {
      super(message);
    }
  }
}
