package org.wardfl.certs.archive;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.wardfl.certs.PrivateFile;

/// A folder that is filled beside its place and then moved there, so that its name stands for the
/// whole of it or for nothing. Closed without [#commit()], it is deleted.
public final class StagedFolder implements AutoCloseable {

  private static final String PART = ".part";

  private final Path target;
  private final Path folder;
  private boolean committed;

  private StagedFolder(Path target, Path folder) {
    this.target = target;
    this.folder = folder;
  }

  /// An empty folder, open to its owner only, on the file system of its later place.
  ///
  /// @throws FileAlreadyExistsException if there is something in that place
  /// @throws IOException if it cannot be made
  static StagedFolder beside(Path target) throws IOException {
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileAlreadyExistsException(target.toString());
    }
    var folder = target.resolveSibling(target.getFileName() + PART);
    delete(folder);
    PrivateFile.createFolder(folder);
    return new StagedFolder(target, folder);
  }

  Path folder() {
    return folder;
  }

  /// Moves the folder to its place; durable when it returns, if its files are.
  void commit() throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult postVisitDirectory(Path found, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            PrivateFile.forceFolder(found);
            return FileVisitResult.CONTINUE;
          }
        });
    Files.move(folder, target, StandardCopyOption.ATOMIC_MOVE);
    committed = true;
    PrivateFile.forceFolder(parentOf(target));
  }

  @Override
  public void close() throws IOException {
    if (!committed) {
      delete(folder);
    }
  }

  static Path parentOf(Path path) {
    return Objects.requireNonNull(path.toAbsolutePath().getParent(), "the root is no target");
  }

  /// Deletes what was left unfinished in a folder by an earlier process.
  public static void sweep(Path parent) throws IOException {
    try (var entries = Files.newDirectoryStream(parent, "*" + PART)) {
      for (var entry : entries) {
        delete(entry);
      }
    }
  }

  /// Deletes a folder with all that is in it, following no link, if it is there.
  public static void delete(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path found, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(found);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path found, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(found);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
