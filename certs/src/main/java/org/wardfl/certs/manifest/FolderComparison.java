package org.wardfl.certs.manifest;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/// Reads a folder for a manifest, and compares it with one: nothing changed, swapped, renamed,
/// added or missing, and no link followed.
///
/// The caller says which paths the manifest leaves out (those that an owner edits).
public final class FolderComparison {

  private static final int BUFFER = 1 << 16;

  private final Map<String, FileEntry> files = new TreeMap<>();
  private final Set<String> notFiles = new HashSet<>();
  private final Set<String> emptyFolders = new HashSet<>();

  private FolderComparison() {}

  /// Lists every file of a folder with size and hash.
  ///
  /// @param leftOut which relative paths (parts joined by `/`) are not looked at; a folder's with
  ///   all in it
  /// @throws IOException if it cannot be read, or something in it is no regular file
  public static List<FileEntry> list(Path folder, Predicate<String> leftOut) throws IOException {
    var read = read(folder, leftOut);
    if (!read.notFiles.isEmpty()) {
      throw new IOException(folder + ": no regular files: " + read.notFiles);
    }
    return List.copyOf(read.files.values());
  }

  /// Compares a folder with a manifest; an empty list means that it is exactly that.
  ///
  /// @param leftOut as in [#list]
  public static List<Difference> compare(Manifest manifest, Path folder, Predicate<String> leftOut)
      throws IOException {
    var read = read(folder, leftOut);
    var differences = new ArrayList<Difference>();
    var added = new TreeMap<>(read.files);
    var missing = new ArrayList<FileEntry>();
    var names = new HashMap<String, String>();
    manifest.files().values().forEach(entry -> names.put(content(entry), entry.path()));
    for (var expected : manifest.files().values()) {
      var found = added.remove(expected.path());
      if (found == null) {
        // What stands there and is no file, is told below.
        if (!read.notFiles.contains(expected.path())) {
          missing.add(expected);
        }
      } else if (!found.equals(expected)) {
        var other = names.get(content(found));
        differences.add(
            other == null
                ? new Difference.Changed(expected.path(), expected, found.size(), found.sha256())
                : new Difference.Swapped(expected.path(), other));
      }
    }
    for (var expected : missing) {
      var renamed =
          added.values().stream()
              .filter(found -> content(found).equals(content(expected)))
              .findFirst();
      renamed.ifPresent(found -> added.remove(found.path()));
      differences.add(
          renamed.isPresent()
              ? new Difference.Renamed(expected.path(), renamed.get().path())
              : new Difference.Missing(expected.path()));
    }
    added.keySet().forEach(path -> differences.add(new Difference.Added(path)));
    read.notFiles.stream().sorted().map(Difference.NotAFile::new).forEach(differences::add);
    read.emptyFolders.stream().sorted().map(Difference.Added::new).forEach(differences::add);
    return List.copyOf(differences);
  }

  private static String content(FileEntry entry) {
    return entry.sha256() + " " + entry.size();
  }

  private static FolderComparison read(Path folder, Predicate<String> leftOut) throws IOException {
    var read = new FolderComparison();
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(folder + " is no folder");
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path found, BasicFileAttributes attributes)
              throws IOException {
            var path = relative(folder, found);
            if (found.equals(folder)) {
              return FileVisitResult.CONTINUE;
            }
            if (leftOut.test(path)) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            try (var entries = Files.newDirectoryStream(found)) {
              if (!entries.iterator().hasNext()) {
                read.emptyFolders.add(path);
              }
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path found, BasicFileAttributes attributes)
              throws IOException {
            var path = relative(folder, found);
            if (leftOut.test(path)) {
              return FileVisitResult.CONTINUE;
            }
            if (attributes.isRegularFile()) {
              read.files.put(path, hash(path, found));
            } else {
              read.notFiles.add(path);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return read;
  }

  private static String relative(Path folder, Path path) {
    var parts = new ArrayList<String>();
    folder.relativize(path).forEach(part -> parts.add(part.toString()));
    return String.join("/", parts);
  }

  private static FileEntry hash(String path, Path file) throws IOException {
    try (var input = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      var digest = MessageDigest.getInstance("SHA-256");
      var buffer = new byte[BUFFER];
      long size = 0;
      for (int n = input.read(buffer); n >= 0; n = input.read(buffer)) {
        digest.update(buffer, 0, n);
        size += n;
      }
      return new FileEntry(path, size, HexFormat.of().formatHex(digest.digest()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
