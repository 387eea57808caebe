package org.wardfl.algo.zip;

import java.io.IOException;

/// Compressed bytes that cannot be decompressed to what the archive states.
final class DamagedException extends IOException {

  private static final long serialVersionUID = 1L;

  DamagedException(String message) {
    super(message);
  }
}
