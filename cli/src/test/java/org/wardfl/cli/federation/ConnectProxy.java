package org.wardfl.cli.federation;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// An HTTP proxy that knows CONNECT, as hospitals have them: it may ask for a user and a password,
/// refuse, open TLS on the way, stop to forward without a word, send up slowly, or cut what comes
/// down.
final class ConnectProxy implements AutoCloseable {

  private static final int LONGEST_HEAD = 8192;
  private static final int BLOCK = 16 << 10;

  private final ServerSocket socket;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final List<String> targets = new CopyOnWriteArrayList<>();
  private final Object ice = new Object();
  private final AtomicInteger cuts = new AtomicInteger();
  private volatile @Nullable LongSupplier lengths;
  private volatile long upload = Long.MAX_VALUE;
  private @Nullable String credentials;
  private @Nullable SSLContext inspection;
  private @Nullable SSLContext own;
  private int refusal;
  private boolean frozen;
  private final Set<Socket> stranded = ConcurrentHashMap.newKeySet();
  private final AtomicLong untilStranded = new AtomicLong(Long.MAX_VALUE);
  private final AtomicLong untilCut = new AtomicLong(Long.MAX_VALUE);

  /// A proxy that forwards for everybody.
  ConnectProxy() throws IOException {
    socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  /// Asks for this user and password from now on.
  ConnectProxy asking(String user, String password) {
    credentials = user + ":" + password;
    return this;
  }

  /// Answers everybody with this status from now on.
  ConnectProxy refusing(int status) {
    refusal = status;
    return this;
  }

  /// Opens TLS on the way from now on, with this certificate.
  ConnectProxy inspecting(SSLContext with) {
    inspection = with;
    return this;
  }

  /// Is itself reached by TLS from now on, with this certificate.
  ConnectProxy withTls(SSLContext with) {
    own = with;
    return this;
  }

  /// Closes all connections, once, when so many more bytes were forwarded.
  ConnectProxy cutAfter(long bytes) {
    untilCut.set(bytes);
    return this;
  }

  /// Cuts each connection from now on after so many bytes of the server's.
  ConnectProxy cutting(LongSupplier after) {
    lengths = after;
    return this;
  }

  /// Forgets one connection, once, when so many more bytes were forwarded: it forwards nothing more
  /// of it, and closes nothing.
  ConnectProxy strandAfter(long bytes) {
    untilStranded.set(bytes);
    return this;
  }

  /// Sends up so many bytes a second and no more, to connections made from now on.
  ConnectProxy slowing(long bytesPerSecond) throws IOException {
    // What lies in a queue here would not have arrived.
    socket.setReceiveBufferSize(BLOCK);
    upload = bytesPerSecond;
    return this;
  }

  /// Cuts no further connection.
  void heal() {
    lengths = null;
  }

  /// How many connections it has cut.
  int cuts() {
    return cuts.get();
  }

  int port() {
    return socket.getLocalPort();
  }

  String url(String user) {
    return "http://" + (user.isEmpty() ? "" : user + "@") + "127.0.0.1:" + port();
  }

  /// What was asked for so far.
  List<String> targets() {
    return List.copyOf(targets);
  }

  /// Forwards nothing any more, in either direction, and closes nothing: what a cut cable does.
  void freeze() {
    synchronized (ice) {
      frozen = true;
    }
  }

  /// Forwards again.
  void thaw() {
    synchronized (ice) {
      frozen = false;
      ice.notifyAll();
    }
  }

  private void awaitEnd(Socket forgotten) throws InterruptedException {
    synchronized (ice) {
      while (stranded.contains(forgotten) && !socket.isClosed()) {
        ice.wait();
      }
    }
  }

  private void awaitThaw() throws InterruptedException {
    synchronized (ice) {
      while (frozen) {
        ice.wait();
      }
    }
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        var client = socket.accept();
        open.add(client);
        Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException _) {
        // Closed.
      }
    }
  }

  private void serve(Socket raw) {
    try (raw;
        var client = own == null ? raw : tls(own, raw)) {
      awaitThaw();
      var head = head(client.getInputStream());
      var target = head.substring("CONNECT ".length(), head.indexOf(" HTTP/"));
      targets.add(target);
      if (credentials != null && !credentials.equals(given(head).orElse(""))) {
        answer(client, "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=x");
      } else if (refusal != 0) {
        answer(client, refusal + " Refused");
      } else {
        answer(client, "200 Connection established");
        forward(client, target);
      }
    } catch (IOException _) {
      // The other side went away.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(raw);
    }
  }

  private void forward(Socket client, String target) throws IOException, InterruptedException {
    if (inspection != null) {
      try (var opened = tls(inspection, client)) {
        opened.getInputStream().readAllBytes();
      }
      return;
    }
    int colon = target.lastIndexOf(':');
    try (var server = new Socket()) {
      server.connect(
          new InetSocketAddress(
              target.substring(0, colon), Integer.parseInt(target.substring(colon + 1))));
      open.add(server);
      var length = lengths;
      long down = length == null ? Long.MAX_VALUE : length.getAsLong();
      var back = Thread.ofVirtual().start(() -> copy(server, client, down, Long.MAX_VALUE));
      copy(client, server, Long.MAX_VALUE, upload);
      back.join();
      open.remove(server);
    }
  }

  private static SSLSocket tls(SSLContext context, Socket plain) throws IOException {
    var tls =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(
                    plain, plain.getInetAddress().getHostAddress(), plain.getPort(), true);
    tls.setUseClientMode(false);
    tls.startHandshake();
    return tls;
  }

  private void copy(Socket from, Socket to, long most, long bytesPerSecond) {
    var buffer = new byte[BLOCK];
    long left = most;
    try {
      for (int read; (read = from.getInputStream().read(buffer)) >= 0; ) {
        awaitThaw();
        if (untilStranded.addAndGet(-read) <= 0) {
          untilStranded.set(Long.MAX_VALUE);
          stranded.addAll(List.of(from, to));
        }
        awaitEnd(from);
        int passed = (int) Math.min(left, read);
        // A slow line is what is tested, not waited for.
        Thread.sleep(1000L * passed / bytesPerSecond);
        to.getOutputStream().write(buffer, 0, passed);
        left -= passed;
        if (left == 0) {
          cuts.incrementAndGet();
          from.close();
          to.close();
          return;
        }
        if (untilCut.addAndGet(-read) <= 0) {
          untilCut.set(Long.MAX_VALUE);
          for (var each : open) {
            each.close();
          }
        }
      }
      to.shutdownOutput();
    } catch (IOException _) {
      // One side went away: the other hears of it when there is no ice.
      try {
        awaitThaw();
        to.close();
      } catch (IOException | InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static String head(InputStream input) throws IOException {
    var head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = input.read();
      if (next < 0 || head.length() > LONGEST_HEAD) {
        throw new IOException("no request");
      }
      head.append((char) next);
    }
    return head.toString();
  }

  private static Optional<String> given(String head) {
    return head.lines()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("proxy-authorization: basic "))
        .map(line -> line.substring(line.lastIndexOf(' ') + 1))
        .map(text -> new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8))
        .findFirst();
  }

  private static void answer(Socket client, String status) throws IOException {
    client
        .getOutputStream()
        .write(("HTTP/1.1 " + status + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public void close() throws IOException {
    socket.close();
    thaw();
    for (var each : open) {
      each.close();
    }
  }
}
