package org.wardfl.algo.zip;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// A compressed range of a file, inflated as it is read. Reading goes forward; a position before
/// the last one starts again from the beginning.
final class InflatedContent implements Content, AutoCloseable {

  private static final int BLOCK_BYTES = 1 << 16;

  private final String name;
  private final StoredContent compressed;
  private final long sizeBytes;
  private final Inflater inflater = new Inflater(true);
  private final ByteBuffer input = ByteBuffer.allocate(BLOCK_BYTES);
  private final byte[] output = new byte[BLOCK_BYTES];
  private long consumed;
  private long position;

  InflatedContent(String name, StoredContent compressed, long sizeBytes) {
    this.name = name;
    this.compressed = compressed;
    this.sizeBytes = sizeBytes;
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public void read(long from, MemorySegment into) throws IOException {
    Objects.checkFromIndexSize(from, into.byteSize(), sizeBytes);
    if (from < position) {
      inflater.reset();
      consumed = 0;
      position = 0;
    }
    while (position < from) {
      inflate((int) Math.min(BLOCK_BYTES, from - position));
    }
    for (long done = 0; done < into.byteSize(); ) {
      int count = inflate((int) Math.min(BLOCK_BYTES, into.byteSize() - done));
      MemorySegment.copy(output, 0, into, ValueLayout.JAVA_BYTE, done, count);
      done += count;
    }
  }

  /// Whether the compressed bytes end exactly where the content does.
  boolean endsHere() throws IOException {
    try {
      while (position == sizeBytes && !inflater.finished()) {
        if (inflater.needsInput() && !feed()) {
          return false;
        }
        if (inflater.inflate(output, 0, 1) > 0) {
          return false;
        }
      }
      return position == sizeBytes && consumed - inflater.getRemaining() == compressed.sizeBytes();
    } catch (DataFormatException _) {
      throw broken();
    }
  }

  private int inflate(int count) throws IOException {
    try {
      while (true) {
        int inflated = inflater.inflate(output, 0, count);
        if (inflated > 0) {
          position += inflated;
          return inflated;
        }
        if (inflater.finished() || inflater.needsDictionary() || !feed()) {
          throw new DamagedException(
              "entry " + name + " ends after " + position + " of " + sizeBytes + " bytes");
        }
      }
    } catch (DataFormatException _) {
      throw broken();
    }
  }

  private boolean feed() throws IOException {
    long left = compressed.sizeBytes() - consumed;
    if (!inflater.needsInput() || left == 0) {
      return !inflater.needsInput();
    }
    input.clear().limit((int) Math.min(BLOCK_BYTES, left));
    compressed.read(consumed, MemorySegment.ofBuffer(input));
    inflater.setInput(input.array(), 0, input.limit());
    consumed += input.limit();
    return true;
  }

  private DamagedException broken() {
    return new DamagedException("entry " + name + " cannot be decompressed; it is damaged");
  }

  @Override
  public void close() {
    inflater.end();
  }
}
