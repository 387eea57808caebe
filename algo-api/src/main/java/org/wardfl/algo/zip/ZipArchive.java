package org.wardfl.algo.zip;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;

/// A ZIP archive, open for reading by position.
///
/// Opening one reads its directory only, and refuses what a well-meant archive never has: entries
/// that overlap, lie outside, are there twice, lead out of their folder, are links or encrypted,
/// whose two headers disagree, or that unpack to more than the limits allow. Nothing is ever
/// unpacked to the disk. Not safe for use by several threads.
public final class ZipArchive implements AutoCloseable {

  private static final int BLOCK_BYTES = 1 << 18;

  private final FileChannel channel;
  private final Map<String, ZipEntryRecord> entries;
  private final List<InflatedContent> inflated = new ArrayList<>();

  private ZipArchive(FileChannel channel, Map<String, ZipEntryRecord> entries) {
    this.channel = channel;
    this.entries = Collections.unmodifiableMap(entries);
  }

  /// Opens an archive and checks its directory.
  ///
  /// @throws IOException if it cannot be read
  /// @throws ZipFormatException if it is refused
  public static ZipArchive open(Path file, ZipLimits limits)
      throws IOException, ZipFormatException {
    var channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      return new ZipArchive(channel, ZipDirectory.read(channel, limits));
    } catch (IOException | ZipFormatException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /// The files in the archive in the order of their places; folders are not listed.
  public Collection<ZipEntryRecord> entries() {
    return entries.values();
  }

  /// The file of that path.
  public Optional<ZipEntryRecord> entry(String name) {
    return Optional.ofNullable(entries.get(name));
  }

  /// The content of a file, valid until the archive is closed. Memory does not grow with it; a
  /// compressed one should be read from front to back.
  public Content content(ZipEntryRecord entry) {
    var stored = new StoredContent(channel, entry.dataOffset(), entry.storedBytes());
    if (!entry.isDeflated()) {
      return stored;
    }
    var content = new InflatedContent(entry.name(), stored, entry.sizeBytes());
    inflated.add(content);
    return content;
  }

  /// The whole content of a small file, its checksum verified.
  ///
  /// @throws IOException if it cannot be read
  /// @throws ZipFormatException if it is larger than allowed or damaged
  public byte[] bytes(ZipEntryRecord entry, int maxBytes) throws IOException, ZipFormatException {
    if (entry.sizeBytes() > maxBytes) {
      throw new ZipFormatException(
          "entry "
              + entry.name()
              + " of "
              + entry.sizeBytes()
              + " bytes, expected at most "
              + maxBytes);
    }
    verify(entry);
    var bytes = new byte[(int) entry.sizeBytes()];
    content(entry).read(0, MemorySegment.ofArray(bytes));
    return bytes;
  }

  /// Reads a file once and compares its checksum.
  ///
  /// @throws IOException if it cannot be read
  /// @throws ZipFormatException if it is damaged
  public void verify(ZipEntryRecord entry) throws IOException, ZipFormatException {
    var crc = new CRC32();
    var buffer = ByteBuffer.allocate(BLOCK_BYTES);
    var content = content(entry);
    boolean whole;
    try {
      for (long at = 0; at < entry.sizeBytes(); at += BLOCK_BYTES) {
        buffer.clear().limit((int) Math.min(BLOCK_BYTES, entry.sizeBytes() - at));
        content.read(at, MemorySegment.ofBuffer(buffer));
        crc.update(buffer);
      }
      whole = !(content instanceof InflatedContent compressed) || compressed.endsHere();
    } catch (DamagedException e) {
      throw new ZipFormatException(String.valueOf(e.getMessage()));
    }
    if ((int) crc.getValue() != entry.crc32() || !whole) {
      throw new ZipFormatException(
          "entry "
              + entry.name()
              + " does not have the checksum that the archive states; it is damaged");
    }
  }

  @Override
  public void close() throws IOException {
    inflated.forEach(InflatedContent::close);
    channel.close();
  }
}
