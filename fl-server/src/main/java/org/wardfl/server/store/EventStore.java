package org.wardfl.server.store;

import java.io.IOException;
import java.util.List;

/// Streams of events, each numbered from 0; an append is whole or did not happen.
///
/// Every append carries the epoch of its writer. Once a higher epoch has written, a lower one is
/// refused, so a server that was replaced and does not know it can do no harm. Safe for several
/// threads.
public interface EventStore extends AutoCloseable {

  /// Appends events, durable when it returns.
  ///
  /// @param stream letters, digits, `-` and `_`
  /// @param expectedSequence the number that the first of them gets
  /// @param epoch the writer's
  /// @throws StaleWriterException if the stream is longer than expected or a higher epoch has
  ///   written
  /// @throws IOException if they cannot be made durable; then none of them is there
  void append(String stream, long expectedSequence, long epoch, List<byte[]> events)
      throws IOException, StaleWriterException;

  /// The events of a stream from a number on; none if there is no such stream.
  ///
  /// @throws IOException if the stream cannot be read or is damaged
  List<byte[]> read(String stream, long fromSequence) throws IOException;

  /// The names of all streams.
  ///
  /// @throws IOException if they cannot be listed
  List<String> streams() throws IOException;

  @Override
  void close() throws IOException;

  /// Somebody else has written in the meantime.
  final class StaleWriterException extends Exception {
    private static final long serialVersionUID = 1L;

    /// What was found and what was expected.
    public StaleWriterException(String message) {
      super(message);
    }
  }
}
