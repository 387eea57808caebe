package org.wardfl.algo.model;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.wardfl.algo.tensor.TensorSource;
import org.wardfl.algo.tensor.TensorSpec;

/// Writes model files in the one canonical form, in which equal weights give equal bytes.
///
/// Canonical means: tensors by element size from large to small, then by name in UTF-8; no holes; a
/// header without white space but for the trailing spaces that align the data to 64 bytes. The
/// bytes are appended in that order, hashed as they pass, to a temporary file that takes its name
/// only when it is whole. Not thread-safe.
public final class ModelWriter implements AutoCloseable {

  private static final int BLOCK_BYTES = 1 << 18;

  private final Path target;
  private final Path temporary;
  private final Durability durability;
  private final Layout layout;
  private final FileChannel channel;
  private final MessageDigest digest;
  private long remaining;
  private boolean finished;

  private ModelWriter(
      Collection<TensorSpec> specs, Map<String, String> aliases, Path target, Durability durability)
      throws IOException {
    this.target = target;
    this.durability = durability;
    this.layout = Layout.canonical(specs, aliases);
    this.remaining = layout.dataBytes();
    this.digest = sha256();
    this.temporary = target.resolveSibling(target.getFileName() + ".part");
    this.channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
    write(ByteBuffer.wrap(layout.header()));
  }

  /// Writes a whole source.
  ///
  /// @return the hash of the file
  /// @throws IOException if the source cannot be read or the file not written; then there is no
  ///   file
  public static ModelHash write(TensorSource source, Path target, Durability durability)
      throws IOException {
    try (var writer = open(source.specs(), source.aliases(), target, durability);
        var arena = Arena.ofConfined()) {
      long largest = writer.order().stream().mapToLong(TensorSpec::sizeBytes).max().orElse(0);
      var buffer = arena.allocate(Math.min(BLOCK_BYTES, largest), Layout.ALIGNMENT);
      for (var spec : writer.order()) {
        for (long at = 0; at < spec.sizeBytes(); at += BLOCK_BYTES) {
          var block = buffer.asSlice(0, Math.min(BLOCK_BYTES, spec.sizeBytes() - at));
          source.read(spec, at, block);
          writer.append(block);
        }
      }
      return writer.finish();
    }
  }

  /// Writes a whole source without forcing it to the disk.
  ///
  /// @return the hash of the file
  /// @throws IOException if the source cannot be read or the file not written; then there is no
  ///   file
  public static ModelHash write(TensorSource source, Path target) throws IOException {
    return write(source, target, Durability.PROCESS);
  }

  /// Begins a file whose tensors are appended block by block.
  ///
  /// @throws IOException if the temporary file cannot be made
  public static ModelWriter open(
      Collection<TensorSpec> specs, Map<String, String> aliases, Path target, Durability durability)
      throws IOException {
    return new ModelWriter(specs, aliases, target, durability);
  }

  /// The tensors in the order in which their bytes are to be appended.
  public List<TensorSpec> order() {
    return layout.specs();
  }

  /// Appends the next bytes.
  ///
  /// @throws IOException if they cannot be written
  /// @throws IllegalStateException if there are more than the tensors have
  public void append(MemorySegment bytes) throws IOException {
    if (bytes.byteSize() > remaining) {
      throw new IllegalStateException(
          bytes.byteSize() + " more bytes, expected at most " + remaining);
    }
    remaining -= bytes.byteSize();
    write(bytes.asByteBuffer());
  }

  /// Ends the file and gives it its name.
  ///
  /// @return the hash of the file
  /// @throws IOException if it cannot be completed; then there is no file
  /// @throws IllegalStateException if bytes are missing
  public ModelHash finish() throws IOException {
    if (remaining != 0) {
      throw new IllegalStateException("the file still lacks " + remaining + " bytes");
    }
    if (durability == Durability.DISK) {
      channel.force(true);
    }
    channel.close();
    Files.move(
        temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    finished = true;
    if (durability == Durability.DISK) {
      forceFolder(java.util.Objects.requireNonNull(target.toAbsolutePath().getParent()));
    }
    return new ModelHash(HexFormat.of().formatHex(digest.digest()));
  }

  /// Deletes what was written, unless the file is finished.
  @Override
  public void close() throws IOException {
    if (!finished) {
      channel.close();
      Files.deleteIfExists(temporary);
    }
  }

  /// The hash of a whole file, read by position.
  ///
  /// @throws IOException if it cannot be read
  public static ModelHash hash(Path file) throws IOException {
    var digest = sha256();
    var buffer = ByteBuffer.allocate(BLOCK_BYTES);
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      while (channel.read(buffer) >= 0) {
        digest.update(buffer.flip());
        buffer.clear();
      }
    }
    return new ModelHash(HexFormat.of().formatHex(digest.digest()));
  }

  private void write(ByteBuffer bytes) throws IOException {
    digest.update(bytes.duplicate());
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static void forceFolder(Path folder) throws IOException {
    try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }
}
