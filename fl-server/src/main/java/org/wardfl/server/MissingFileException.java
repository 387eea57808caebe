package org.wardfl.server;

import java.io.IOException;

/// A site answered with a file that is not here: it was never sent, or another job had the same
/// file and gave it up in between. The site sends it again and answers again.
public final class MissingFileException extends IOException {

  private static final long serialVersionUID = 1L;

  MissingFileException(String message) {
    super(message);
  }
}
