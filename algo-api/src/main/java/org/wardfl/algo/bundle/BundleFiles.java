package org.wardfl.algo.bundle;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.wardfl.algo.zip.ZipArchive;
import org.wardfl.algo.zip.ZipFormatException;
import org.wardfl.algo.zip.ZipLimits;

/// The files of a bundle, in a folder or in a ZIP archive with one folder at its root. Nothing is
/// unpacked.
public final class BundleFiles implements AutoCloseable {

  private static final int MAX_FILES = 10_000;
  private static final int BLOCK_BYTES = 1 << 18;

  private final String name;
  private final Path path;
  private final Optional<ZipArchive> archive;
  private final String prefix;
  private final SortedMap<String, Long> sizes;

  private BundleFiles(
      String name,
      Path path,
      Optional<ZipArchive> archive,
      String prefix,
      Map<String, Long> sizes) {
    this.name = name;
    this.path = path;
    this.archive = archive;
    this.prefix = prefix;
    this.sizes = new TreeMap<>(sizes);
  }

  /// Opens a bundle.
  ///
  /// @throws IOException if it cannot be read
  /// @throws BundleException if there is none, or the archive is refused
  public static BundleFiles open(Path path) throws IOException, BundleException {
    if (Files.isDirectory(path)) {
      return folder(path);
    }
    if (!Files.isRegularFile(path)) {
      throw new BundleException("there is no " + path + "; expected a bundle's folder or ZIP file");
    }
    try {
      var archive = ZipArchive.open(path, ZipLimits.BUNDLE);
      try {
        return zip(path, archive);
      } catch (BundleException | RuntimeException e) {
        archive.close();
        throw e;
      }
    } catch (ZipFormatException e) {
      throw new BundleException(path.getFileName() + ": " + e.getMessage());
    }
  }

  private static BundleFiles zip(Path path, ZipArchive archive) throws BundleException {
    var roots = new java.util.TreeSet<String>();
    for (var entry : archive.entries()) {
      int slash = entry.name().indexOf('/');
      roots.add(slash < 0 ? "" : entry.name().substring(0, slash));
    }
    if (roots.size() != 1 || roots.first().isEmpty()) {
      throw new BundleException(
          path.getFileName()
              + ": expected one folder at the archive's root, named as the bundle; found "
              + (roots.isEmpty() ? "nothing" : String.join(", ", roots)));
    }
    var prefix = roots.first() + "/";
    var sizes = new TreeMap<String, Long>();
    for (var entry : archive.entries()) {
      sizes.put(entry.name().substring(prefix.length()), entry.sizeBytes());
    }
    return new BundleFiles(roots.first(), path, Optional.of(archive), prefix, sizes);
  }

  private static BundleFiles folder(Path path) throws IOException, BundleException {
    var sizes = new TreeMap<String, Long>();
    try (var found = Files.walk(path)) {
      for (var file : (Iterable<Path>) found::iterator) {
        var relative = path.relativize(file).toString().replace('\\', '/');
        if (!relative.isEmpty() && Files.isSymbolicLink(file)) {
          throw new BundleException(
              relative + " is a symbolic link, expected a file; copy what it points to");
        }
        if (Files.isRegularFile(file)) {
          sizes.put(relative, Files.size(file));
        }
        if (sizes.size() > MAX_FILES) {
          throw new BundleException("a bundle of more than " + MAX_FILES + " files");
        }
      }
    }
    var name = path.toAbsolutePath().normalize().getFileName();
    return new BundleFiles(
        name == null ? "bundle" : name.toString(), path, Optional.empty(), "", sizes);
  }

  /// The name of the bundle's folder.
  public String name() {
    return name;
  }

  /// The paths of all files, with their sizes in bytes.
  public SortedMap<String, Long> sizes() {
    return java.util.Collections.unmodifiableSortedMap(sizes);
  }

  /// Whether there is a file of that path.
  public boolean has(String file) {
    return sizes.containsKey(file);
  }

  /// The text of a small file.
  ///
  /// @throws IOException if it cannot be read
  /// @throws BundleException if it is not there, too large, damaged or not UTF-8
  public String text(String file, int maxBytes) throws IOException, BundleException {
    var size = sizes.get(file);
    if (size == null) {
      throw new BundleException("there is no file " + file);
    }
    if (size > maxBytes) {
      throw new BundleException(file + " of " + size + " bytes, expected at most " + maxBytes);
    }
    byte[] bytes;
    if (archive.isPresent()) {
      try {
        bytes = archive.get().bytes(archive.get().entry(prefix + file).orElseThrow(), maxBytes);
      } catch (ZipFormatException e) {
        throw new BundleException(String.valueOf(e.getMessage()));
      }
    } else {
      bytes = Files.readAllBytes(path.resolve(file));
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException _) {
      throw new BundleException(file + " is not UTF-8");
    }
  }

  /// A file of the bundle as one that can be opened: itself, or, of an archive, a copy.
  ///
  /// @param scratch a folder for the copy
  /// @throws IOException if it cannot be read or copied
  /// @throws BundleException if it is not there, or damaged
  public Path file(String file, Path scratch) throws IOException, BundleException {
    if (!has(file)) {
      throw new BundleException("there is no file " + file);
    }
    if (archive.isEmpty()) {
      return path.resolve(file);
    }
    var copy = scratch.resolve("bundle").resolve(file);
    Files.createDirectories(copy.getParent());
    copy(archive.get(), file, copy);
    return copy;
  }

  private void copy(ZipArchive from, String file, Path to) throws IOException, BundleException {
    var entry = from.entry(prefix + file).orElseThrow();
    try (var target =
        FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      from.verify(entry);
      var content = from.content(entry);
      var buffer = ByteBuffer.allocate(BLOCK_BYTES);
      for (long at = 0; at < entry.sizeBytes(); at += BLOCK_BYTES) {
        buffer.clear().limit((int) Math.min(BLOCK_BYTES, entry.sizeBytes() - at));
        content.read(at, MemorySegment.ofBuffer(buffer));
        while (buffer.hasRemaining()) {
          target.write(buffer);
        }
      }
    } catch (ZipFormatException e) {
      throw new BundleException(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() throws IOException {
    if (archive.isPresent()) {
      archive.get().close();
    }
  }
}
