package org.wardfl.client.host;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/// Messages over a socket, each behind its length in four bytes. One thread may read while others
/// write.
final class Frames implements AutoCloseable {

  private static final int MAX_BYTES = 16 << 20;

  private final SocketChannel channel;
  private final Object writing = new Object();

  Frames(SocketChannel channel) {
    this.channel = channel;
  }

  void write(MessageLite message) throws IOException {
    var bytes = message.toByteArray();
    var frame =
        ByteBuffer.allocate(Integer.BYTES + bytes.length).putInt(bytes.length).put(bytes).flip();
    synchronized (writing) {
      while (frame.hasRemaining()) {
        channel.write(frame);
      }
    }
  }

  /// The next message.
  ///
  /// @throws EOFException if the other side is gone
  /// @throws ProtocolException if it is longer than any
  <M> M read(Parser<M> parser) throws IOException {
    int length = fully(ByteBuffer.allocate(Integer.BYTES)).getInt();
    if (length < 0 || length > MAX_BYTES) {
      throw new ProtocolException("message of " + length + " bytes, expected at most " + MAX_BYTES);
    }
    return parser.parseFrom(fully(ByteBuffer.allocate(length)).array());
  }

  private ByteBuffer fully(ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new EOFException("the other side is gone");
      }
    }
    return buffer.flip();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
