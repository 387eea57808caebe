package org.wardfl.provisioning.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.wardfl.certs.CertifiedName;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.PrivateFile;
import org.wardfl.provisioning.KitException;

/// The data folder of a server or an agent: for its owner's eyes only (0700), of one participant,
/// and used by one process at a time.
///
/// It counts its starts. The number is durable before anybody learns it, so that it tells an
/// earlier process from a later one: a server's epoch, an agent's boot counter.
public final class DataFolder implements AutoCloseable {

  private static final String FORMAT = "1";

  private final Path folder;
  private final FileChannel lockFile;
  private final FileLock lock;
  private final UUID instance;
  private final long start;

  private DataFolder(Path folder, FileChannel lockFile, FileLock lock, UUID instance, long start) {
    this.folder = folder;
    this.lockFile = lockFile;
    this.lock = lock;
    this.instance = instance;
    this.start = start;
  }

  /// Opens a folder, which is made if it does not exist.
  ///
  /// @param owner whose state it is
  /// @throws KitException if it is somebody else's, in use, open to others, or of a later version;
  ///   the message says what to do
  /// @throws IOException if it cannot be read or written
  public static DataFolder open(Path folder, CertifiedName owner) throws KitException, IOException {
    PrivateFile.createFolder(folder);
    try {
      PrivateFile.requireOwnerOnly(folder);
    } catch (IdentityException e) {
      throw new KitException("data folder " + e.getMessage(), e);
    }
    var lockFile =
        FileChannel.open(
            folder.resolve("lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    try {
      var lock = lock(folder, lockFile);
      requireOwner(folder, owner);
      var instance = instance(folder.resolve("instance"));
      long start = countStart(folder.resolve("starts"));
      return new DataFolder(folder, lockFile, lock, instance, start);
    } catch (KitException | IOException | RuntimeException e) {
      lockFile.close();
      throw e;
    }
  }

  private static FileLock lock(Path folder, FileChannel lockFile) throws KitException, IOException {
    var lock = tryLock(lockFile);
    if (lock == null) {
      var holder = ByteBuffer.allocate(32);
      lockFile.read(holder, 0);
      var process = new String(holder.array(), 0, holder.position(), StandardCharsets.US_ASCII);
      throw new KitException(
          "data folder "
              + folder
              + " is in use by process "
              + process.strip()
              + "; stop it first, or name another folder with --data");
    }
    var process = ProcessHandle.current().pid() + "\n";
    lockFile.truncate(0);
    lockFile.write(ByteBuffer.wrap(process.getBytes(StandardCharsets.US_ASCII)), 0);
    return lock;
  }

  private static @Nullable FileLock tryLock(FileChannel lockFile) throws IOException {
    try {
      return lockFile.tryLock();
    } catch (OverlappingFileLockException _) {
      // This very process has it.
      return null;
    }
  }

  private static void requireOwner(Path folder, CertifiedName owner)
      throws KitException, IOException {
    var file = folder.resolve("owner");
    var expected = FORMAT + " " + owner.uri() + "\n";
    if (!Files.exists(file)) {
      PrivateFile.write(file, expected.getBytes(StandardCharsets.UTF_8));
      return;
    }
    var found = Files.readString(file);
    if (!found.equals(expected)) {
      throw new KitException(
          "data folder "
              + folder
              + " belongs to '"
              + CertifiedName.visible(found.strip())
              + "' (format and owner), expected '"
              + expected.strip()
              + "'; name another folder with --data");
    }
  }

  private static UUID instance(Path file) throws KitException, IOException {
    if (!Files.exists(file)) {
      PrivateFile.write(file, (UUID.randomUUID() + "\n").getBytes(StandardCharsets.US_ASCII));
    }
    try {
      return UUID.fromString(Files.readString(file).strip());
    } catch (IllegalArgumentException e) {
      throw new KitException(file + " is damaged: expected a UUID", e);
    }
  }

  private static long countStart(Path file) throws KitException, IOException {
    long last;
    try {
      last = Files.exists(file) ? Long.parseLong(Files.readString(file).strip()) : 0;
    } catch (NumberFormatException e) {
      throw new KitException(file + " is damaged: expected a number", e);
    }
    PrivateFile.write(file, (last + 1 + "\n").getBytes(StandardCharsets.US_ASCII));
    return last + 1;
  }

  /// Where it lies.
  public Path path() {
    return folder;
  }

  /// Which data folder this is, whoever has copied what else.
  public UUID instance() {
    return instance;
  }

  /// How often it was opened, this time included.
  public long start() {
    return start;
  }

  @Override
  public void close() throws IOException {
    lock.release();
    lockFile.close();
  }
}
