package org.wardfl.algo.zip;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// Bytes that are read by position. Not safe for use by several threads.
public interface Content {

  /// How many there are.
  long sizeBytes();

  /// Copies bytes.
  ///
  /// @param from position of the first, at least 0
  /// @param into is filled whole
  /// @throws IOException if they cannot be read, or end earlier than the archive says
  /// @throws IndexOutOfBoundsException if the range leaves the content
  void read(long from, MemorySegment into) throws IOException;
}
