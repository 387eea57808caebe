package org.wardfl.server.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import org.wardfl.algo.model.Durability;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.algo.model.ModelWriter;

/// Immutable files by their SHA-256, in `ab/` and the rest of the name.
public final class BlobStore {

  private final Path folder;
  private final Path incoming;
  private final Durability durability;

  /// Opens the folder, which is made if it does not exist.
  ///
  /// @throws IOException if it cannot be made
  public BlobStore(Path folder, Durability durability) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.incoming = Files.createDirectories(folder.resolve("incoming"));
    this.durability = durability;
  }

  /// A path on the same file system for a file that is still being written.
  public Path incoming(String name) {
    return incoming.resolve(name);
  }

  /// Takes over a file, which is moved in; durable when it returns. A file that is there already is
  /// kept.
  ///
  /// @param file written by nobody any more
  /// @param hash the caller computed it from the bytes as they were written
  /// @throws IOException if it cannot be moved
  public void adopt(Path file, ModelHash hash) throws IOException {
    var target = path(hash);
    if (Files.exists(target)) {
      Files.delete(file);
      return;
    }
    var shelf = Files.createDirectories(target.getParent());
    if (durability == Durability.DISK) {
      force(file, StandardOpenOption.WRITE);
    }
    Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
    if (durability == Durability.DISK) {
      force(shelf, StandardOpenOption.READ);
      force(folder, StandardOpenOption.READ);
    }
  }

  /// Takes a copy of a file that may belong to somebody else, and checks its hash.
  ///
  /// @throws IOException if it cannot be read or stored
  /// @throws HashMismatchException if the bytes have another hash; then nothing is stored
  public void store(Path file, ModelHash hash) throws IOException, HashMismatchException {
    if (Files.exists(path(hash))) {
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
    if (!Files.exists(target)) {
      Files.createDirectories(target.getParent());
      Files.createLink(target, file);
    }
  }

  /// The file of that hash, if it is here.
  public Optional<Path> find(ModelHash hash) {
    var path = path(hash);
    return Files.exists(path) ? Optional.of(path) : Optional.empty();
  }

  /// The file of that hash.
  ///
  /// @throws IOException if it is not here
  public Path require(ModelHash hash) throws IOException {
    return find(hash).orElseThrow(() -> new IOException("file " + hash + " is not in the store"));
  }

  /// Deletes every file that is not among these, and what was being written when the process ended.
  /// Only while nothing else uses the store.
  ///
  /// @throws IOException if the folder cannot be read
  public void retain(Set<ModelHash> needed) throws IOException {
    try (var files = Files.walk(folder, 2)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        var name =
            folder.relativize(file).toString().replace(file.getFileSystem().getSeparator(), "");
        boolean kept = name.matches("[0-9a-f]{64}") && needed.contains(new ModelHash(name));
        if (!kept) {
          Files.delete(file);
        }
      }
    }
  }

  /// Forgets a file that nothing refers to any more.
  ///
  /// @throws IOException if it cannot be deleted
  public void forget(ModelHash hash) throws IOException {
    Files.deleteIfExists(path(hash));
  }

  private Path path(ModelHash hash) {
    return folder.resolve(hash.hex().substring(0, 2)).resolve(hash.hex().substring(2));
  }

  private static void force(Path path, StandardOpenOption option) throws IOException {
    try (var channel = FileChannel.open(path, option)) {
      channel.force(true);
    }
  }

  /// A file is not what it was announced as.
  public static final class HashMismatchException extends Exception {
    private static final long serialVersionUID = 1L;

    HashMismatchException(String message) {
      super(message);
    }
  }
}
