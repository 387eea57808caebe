package org.wardfl.client.control;

import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.wardfl.proto.json.Json;
import org.wardfl.proto.json.JsonReader;

/// JSON objects over a socket, each behind its length in four bytes. One thread may read while
/// others write.
public final class JsonFrames implements AutoCloseable {

  private final SocketChannel channel;
  private final int maxBytes;
  private final Object writing = new Object();

  /// Frames over a connected socket.
  ///
  /// @param maxBytes the longest message that is read
  public JsonFrames(SocketChannel channel, int maxBytes) {
    this.channel = channel;
    this.maxBytes = maxBytes;
  }

  /// Sends a message.
  public void write(Map<String, ?> message) throws IOException {
    var bytes = Json.line(message).getBytes(StandardCharsets.UTF_8);
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
  /// @throws ProtocolException if it is no message
  public Map<String, @Nullable Object> read() throws IOException {
    int length = fully(ByteBuffer.allocate(Integer.BYTES)).getInt();
    if (length < 0 || length > maxBytes) {
      throw new ProtocolException("message of " + length + " bytes, expected at most " + maxBytes);
    }
    var text = new String(fully(ByteBuffer.allocate(length)).array(), StandardCharsets.UTF_8);
    try {
      return JsonReader.readObject(text);
    } catch (IllegalArgumentException e) {
      throw new ProtocolException(e.getMessage());
    }
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
