package org.wardfl.client.sandbox;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.FileVisitResult;
import java.nio.file.FileVisitor;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Files that confined code has made: no link is followed, and no name believed.
final class ScratchFiles {

  /// More entries than this are as bad as too many bytes.
  private static final long MOST_ENTRIES = 100_000;

  private ScratchFiles() {}

  /// What lies in a folder, bytes and entries; counting ends when it is too much.
  ///
  /// @param limit the most bytes
  static boolean isWithin(Path folder, long limit) {
    var counted = new long[2];
    FileVisitor<Path> visitor =
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path found, BasicFileAttributes attributes) {
            return count(attributes);
          }

          @Override
          public FileVisitResult visitFile(Path found, BasicFileAttributes attributes) {
            return count(attributes);
          }

          @Override
          public FileVisitResult visitFileFailed(Path found, IOException failure) {
            // It went while it was looked at, or its owner has shut it: nothing is counted then,
            // and
            // the limit of each file still holds.
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path found, @Nullable IOException failure) {
            return FileVisitResult.CONTINUE;
          }

          private FileVisitResult count(BasicFileAttributes attributes) {
            counted[0] += attributes.size();
            counted[1]++;
            return counted[0] > limit || counted[1] > MOST_ENTRIES
                ? FileVisitResult.TERMINATE
                : FileVisitResult.CONTINUE;
          }
        };
    try {
      Files.walkFileTree(folder, visitor);
    } catch (IOException _) {
      return true;
    }
    return counted[0] <= limit && counted[1] <= MOST_ENTRIES;
  }

  /// How many bytes these processes hold open in files that they have deleted in a folder.
  ///
  /// @param folder as they name it
  static long nameless(Stream<ProcessHandle> processes, Path folder) {
    return processes.mapToLong(process -> nameless(process, folder + "/")).sum();
  }

  private static long nameless(ProcessHandle process, String folder) {
    long bytes = 0;
    try (var open =
        Files.newDirectoryStream(Path.of("/proc", Long.toString(process.pid()), "fd"))) {
      for (var file : open) {
        var name = Files.readSymbolicLink(file).toString();
        if (name.startsWith(folder) && name.endsWith(" (deleted)")) {
          bytes += Files.size(file);
        }
      }
    } catch (IOException | DirectoryIteratorException _) {
      // It has ended.
      return bytes;
    }
    return bytes;
  }

  /// Deletes a folder with all that is in it, if it is there.
  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path found, BasicFileAttributes attributes)
              throws IOException {
            // Confined code may have shut it.
            Files.setPosixFilePermissions(found, PosixFilePermissions.fromString("rwx------"));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path found, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(found);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path found, IOException failure)
              throws IOException {
            if (failure instanceof AccessDeniedException
                && Files.isDirectory(found, LinkOption.NOFOLLOW_LINKS)) {
              Files.setPosixFilePermissions(found, PosixFilePermissions.fromString("rwx------"));
              delete(found);
              return FileVisitResult.CONTINUE;
            }
            if (failure instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw failure;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path found, @Nullable IOException failure)
              throws IOException {
            Files.deleteIfExists(found);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
