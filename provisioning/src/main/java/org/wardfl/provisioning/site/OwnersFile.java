package org.wardfl.provisioning.site;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Objects;
import org.wardfl.certs.Fingerprint;
import org.wardfl.provisioning.KitException;

/// A file that its owner edits and others must not, as it was at one moment.
///
/// @param path where it lies
/// @param text what it says
/// @param sha256 of its bytes, 64 lower-case hexadecimal digits
public record OwnersFile(Path path, String text, String sha256) {

  private static final int MAX_BYTES = 1 << 20;
  private static final int ATTEMPTS = 3;

  /// Reads the file, if nobody but its owner could have written it: it is a file itself and no
  /// link, belongs to root or to the owner of its folder, and neither it nor its folder may be
  /// written by others. Where the file system has no POSIX permissions, its own rules hold.
  ///
  /// @throws KitException if it is absent or refused; the message holds the remedy
  /// @throws IOException if it cannot be read
  public static OwnersFile read(Path file) throws KitException, IOException {
    var path = file.toAbsolutePath().normalize();
    try {
      for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
        var before = check(path);
        var bytes = bytes(path);
        var after = check(path);
        if (Objects.equals(before.fileKey(), after.fileKey())
            && before.lastModifiedTime().equals(after.lastModifiedTime())
            && after.size() == bytes.length) {
          return new OwnersFile(path, text(path, bytes), Fingerprint.of(bytes).digest());
        }
      }
    } catch (NoSuchFileException _) {
      throw new KitException(
          "there is no file " + path + "; what its owner does not allow there, is not allowed");
    }
    throw new KitException(path + " was changed each time while it was read; try again");
  }

  private static BasicFileAttributes check(Path path) throws KitException, IOException {
    var attributes =
        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!attributes.isRegularFile()) {
      throw new KitException(
          path
              + " is "
              + (attributes.isSymbolicLink() ? "a symbolic link" : "no file")
              + ", expected a file itself");
    }
    if (attributes.size() > MAX_BYTES) {
      throw new KitException(
          path + " has " + attributes.size() + " bytes, expected at most " + MAX_BYTES);
    }
    var folder = Objects.requireNonNull(path.getParent(), "a file has a folder");
    requireUnwritable(path);
    requireUnwritable(folder);
    requireOwner(path, folder);
    return attributes;
  }

  private static void requireUnwritable(Path path) throws KitException, IOException {
    var view =
        Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    if (view == null) {
      return;
    }
    var writable = EnumSet.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);
    writable.retainAll(view.readAttributes().permissions());
    if (!writable.isEmpty()) {
      throw new KitException(
          path + " may be written by others than its owner; run: chmod go-w " + path);
    }
  }

  private static void requireOwner(Path path, Path folder) throws KitException, IOException {
    var view =
        Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    if (view != null) {
      var owner = view.readAttributes().owner();
      if (!owner.equals(Files.getOwner(folder)) && !owner.getName().equals("root")) {
        throw new KitException(
            path
                + " belongs to "
                + owner.getName()
                + ", expected the owner of its folder or root; run: chown "
                + Files.getOwner(folder).getName()
                + " "
                + path);
      }
    }
  }

  private static byte[] bytes(Path path) throws IOException {
    try (var input = Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS)) {
      return input.readNBytes(MAX_BYTES + 1);
    }
  }

  private static String text(Path path, byte[] bytes) throws KitException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new KitException(path + " is not UTF-8", e);
    }
  }
}
