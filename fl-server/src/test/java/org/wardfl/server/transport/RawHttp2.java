package org.wardfl.server.transport;

import com.google.protobuf.ByteString;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.wardfl.certs.Identity;
import org.wardfl.certs.IdentityKeyManager;
import org.wardfl.server.service.RunningServer;
import org.wardfl.server.service.SiteChannel;

/// A connection of somebody who holds a certificate but keeps no rule of HTTP/2 (RFC 9113) or gRPC.
final class RawHttp2 implements AutoCloseable {

  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int GOAWAY = 7;
  static final int CONTINUATION = 9;

  static final int REFUSED_STREAM = 7;
  static final int ENHANCE_YOUR_CALM = 11;

  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int MAX_FRAME = 16384;

  private final SSLSocket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder();

  /// What came.
  record Frame(int type, int stream, ByteString payload) {

    int code() {
      return payload.asReadOnlyByteBuffer().getInt(type == GOAWAY ? 4 : 0);
    }
  }

  /// TLS is done, and nothing has been said.
  RawHttp2(RunningServer server, Identity identity) throws IOException {
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(
          new KeyManager[] {new IdentityKeyManager(identity)},
          new TrustManager[] {SiteChannel.trust()},
          null);
      socket =
          (SSLSocket)
              context
                  .getSocketFactory()
                  .createSocket(InetAddress.getLoopbackAddress(), server.port());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
    socket.setSoTimeout(10_000);
    var parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"h2"});
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    in = new DataInputStream(socket.getInputStream());
    out = socket.getOutputStream();
  }

  SSLSocket socket() {
    return socket;
  }

  /// The beginning that every connection has.
  RawHttp2 greet() throws IOException {
    out.write(preface());
    out.flush();
    return this;
  }

  static byte[] preface() throws IOException {
    var bytes = new ByteArrayOutputStream();
    bytes.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    bytes.write(frame(SETTINGS, 0, 0, new byte[0]));
    return bytes.toByteArray();
  }

  static byte[] frame(int type, int flags, int stream, byte[] payload) {
    return ByteBuffer.allocate(9 + payload.length)
        .put((byte) (payload.length >> 16))
        .putShort((short) payload.length)
        .put((byte) type)
        .put((byte) flags)
        .putInt(stream)
        .put(payload)
        .array();
  }

  /// The beginning of a call.
  static byte[] call(int stream, String method, Map<String, String> more) throws IOException {
    var block = new ByteArrayOutputStream();
    literal(block, ":method", "POST");
    literal(block, ":scheme", "https");
    literal(block, ":path", "/" + method);
    literal(block, ":authority", "localhost");
    literal(block, "content-type", "application/grpc");
    literal(block, "te", "trailers");
    for (var header : more.entrySet()) {
      literal(block, header.getKey(), header.getValue());
    }
    var bytes = block.toByteArray();
    var frames = new ByteArrayOutputStream();
    for (int at = 0; at < bytes.length; at += MAX_FRAME) {
      int end = Math.min(bytes.length, at + MAX_FRAME);
      frames.write(
          frame(
              at == 0 ? HEADERS : CONTINUATION,
              end == bytes.length ? END_HEADERS : 0,
              stream,
              Arrays.copyOfRange(bytes, at, end)));
    }
    return frames.toByteArray();
  }

  // RFC 7541 section 6.2.2: a literal without indexing, with a new name, without Huffman's code.
  private static void literal(ByteArrayOutputStream block, String name, String value) {
    block.write(0);
    text(block, name);
    text(block, value);
  }

  private static void text(ByteArrayOutputStream block, String text) {
    int rest = text.length();
    if (rest < 127) {
      block.write(rest);
    } else {
      block.write(127);
      for (rest -= 127; rest >= 128; rest >>= 7) {
        block.write((rest & 127) | 128);
      }
      block.write(rest);
    }
    block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  /// A message as gRPC frames it, of which no more may follow than is here.
  static byte[] message(int announced, byte[] content) {
    return ByteBuffer.allocate(5 + content.length)
        .put((byte) 0)
        .putInt(announced)
        .put(content)
        .array();
  }

  void begin(int stream, String method) throws IOException {
    begin(stream, method, Map.of());
  }

  void begin(int stream, String method, Map<String, String> more) throws IOException {
    out.write(call(stream, method, more));
    out.flush();
  }

  void data(int stream, byte[] bytes, boolean last) throws IOException {
    for (int at = 0; at == 0 || at < bytes.length; at += MAX_FRAME) {
      int end = Math.min(bytes.length, at + MAX_FRAME);
      boolean ends = last && end == bytes.length;
      out.write(frame(DATA, ends ? END_STREAM : 0, stream, Arrays.copyOfRange(bytes, at, end)));
    }
    out.flush();
  }

  void reset(int stream) throws IOException {
    out.write(frame(RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8}));
  }

  void flush() throws IOException {
    out.flush();
  }

  /// The next frame, or nothing where the connection has ended.
  Optional<Frame> read() throws IOException {
    var head = new byte[9];
    try {
      if (in.readNBytes(head, 0, 9) < 9) {
        return Optional.empty();
      }
    } catch (SocketTimeoutException e) {
      throw e;
    } catch (IOException _) {
      // A reset is an end as well.
      return Optional.empty();
    }
    int length = ByteBuffer.wrap(head).getInt() >>> 8;
    int stream = ByteBuffer.wrap(head, 5, 4).getInt();
    var payload = ByteString.copyFrom(in.readNBytes(length));
    return Optional.of(new Frame(head[3], stream, payload));
  }

  /// The next frame of a type.
  Optional<Frame> await(int type) throws IOException {
    var frame = read();
    while (frame.isPresent() && frame.get().type() != type) {
      frame = read();
    }
    return frame;
  }

  /// The headers in a frame; every frame must be asked for, in its order.
  Http2Headers headers(Frame frame) throws Http2Exception {
    return decoder.decodeHeaders(
        frame.stream(), Unpooled.wrappedBuffer(frame.payload().toByteArray()));
  }

  /// Breaks the connection off.
  void cut() throws IOException {
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
