package org.wardfl.server.service;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.server.store.BlobStore;

/// Where incoming files are put together, piece by piece, over any number of connections.
public interface Intake {

  /// Goes on with a file, or begins it.
  ///
  /// @param owner the certified name that sends it; nobody else can go on with it
  /// @param size in bytes
  /// @throws Calls.Refused if the owner's quota is used up, or the file is under way on another
  ///   connection
  /// @throws IOException if it cannot be stored
  Slot open(String owner, ModelHash hash, long size) throws Calls.Refused, IOException;

  /// One file under way.
  interface Slot extends AutoCloseable {

    /// Durable bytes, from the beginning; all of them if the file was stored before.
    long offset();

    /// Adds the next bytes.
    ///
    /// @return durable bytes now; what was added last may follow later
    /// @throws IOException if they cannot be written
    long append(ByteBuffer bytes) throws IOException;

    /// Makes the file durable under its hash.
    ///
    /// @throws BlobStore.HashMismatchException if the bytes have another hash; then they are thrown
    ///   away
    /// @throws IOException if it cannot be made durable
    void complete() throws IOException, BlobStore.HashMismatchException;

    /// Keeps what is there for a later connection.
    @Override
    void close() throws IOException;
  }
}
