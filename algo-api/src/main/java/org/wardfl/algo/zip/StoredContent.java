package org.wardfl.algo.zip;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.util.Objects;

/// A range of a file.
record StoredContent(FileChannel channel, long offset, long sizeBytes) implements Content {

  @Override
  public void read(long from, MemorySegment into) throws IOException {
    Objects.checkFromIndexSize(from, into.byteSize(), sizeBytes);
    for (long done = 0; done < into.byteSize(); ) {
      long size = Math.min(1 << 30, into.byteSize() - done);
      int read = channel.read(into.asSlice(done, size).asByteBuffer(), offset + from + done);
      if (read < 0) {
        throw new EOFException("the file has become shorter");
      }
      done += read;
    }
  }
}
