package org.wardfl.certs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;

/// Files and folders that only their owner may see, written so that a reader finds the old content
/// or the new, never a part.
///
/// Where the file system has no POSIX permissions, its own rules hold and nothing is checked.
public final class PrivateFile {

  private static final Set<PosixFilePermission> FOLDER =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> PROGRAM = FOLDER;

  private PrivateFile() {}

  /// Replaces a file's content (0600): written beside it, forced to the disk, renamed.
  public static void write(Path file, byte[] content) throws IOException {
    write(file, content, FILE);
  }

  /// The same for a program (0700).
  public static void writeProgram(Path file, byte[] content) throws IOException {
    write(file, content, PROGRAM);
  }

  private static void write(Path file, byte[] content, Set<PosixFilePermission> permissions)
      throws IOException {
    var folder = folderOf(file);
    var temporary = folder.resolve("." + file.getFileName() + ".new");
    try {
      Files.deleteIfExists(temporary);
      createEmpty(temporary, permissions);
      try (var channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        var buffer = ByteBuffer.wrap(content);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
        channel.force(true);
      } catch (IOException e) {
        // A full disk does not name its file.
        throw new FileSystemException(file.toString(), null, e.getMessage());
      }
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      forceFolder(folder);
    } catch (IOException e) {
      try {
        Files.deleteIfExists(temporary);
      } catch (IOException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  /// Creates a folder (0700), with its parents, unless it is there.
  public static void createFolder(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    Files.createDirectories(folderOf(folder));
    if (isPosix(folderOf(folder))) {
      Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(FOLDER));
    } else {
      Files.createDirectory(folder);
    }
  }

  /// Makes a folder's entries durable: a file created or renamed in it survives a power cut.
  public static void forceFolder(Path folder) throws IOException {
    // Other systems than POSIX ones cannot open a folder, and write its entries themselves.
    if (isPosix(folder)) {
      try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  /// Refuses a file or folder that others than its owner may read or write, or that is a link.
  ///
  /// @throws IdentityException if it is open to others; the message holds the remedy
  public static void requireOwnerOnly(Path path) throws IOException, IdentityException {
    var view =
        Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    if (view == null) {
      return;
    }
    var attributes = view.readAttributes();
    if (attributes.isSymbolicLink()) {
      throw new IdentityException(path + " is a symbolic link, expected a file or folder itself");
    }
    boolean folder = attributes.isDirectory();
    var allowed = FOLDER;
    if (!allowed.containsAll(attributes.permissions())) {
      throw new IdentityException(
          path
              + " has permissions "
              + PosixFilePermissions.toString(attributes.permissions())
              + ", expected that only its owner may use it; run: chmod "
              + (folder ? "700 " : "600 ")
              + path);
    }
  }

  private static void createEmpty(Path file, Set<PosixFilePermission> permissions)
      throws IOException {
    if (isPosix(folderOf(file))) {
      Files.createFile(file, PosixFilePermissions.asFileAttribute(permissions));
    } else {
      Files.createFile(file);
    }
  }

  private static Path folderOf(Path path) {
    return Objects.requireNonNull(path.toAbsolutePath().getParent(), "the root is no file");
  }

  private static boolean isPosix(Path folder) {
    return Files.getFileAttributeView(folder, PosixFileAttributeView.class) != null;
  }
}
