package org.wardfl.client.control;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Semaphore;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers people at the site over a Unix socket in the agent's data folder.
///
/// Only the agent's own user and root are answered, by what the kernel says about who connected. A
/// connection is one question and one answer, each at most 1 MiB, within ten seconds.
public final class ControlServer implements AutoCloseable {

  /// The socket's name in the data folder.
  public static final String SOCKET = "control";

  static final int MESSAGE_BYTES = 1 << 20;

  // What the address of a Unix socket holds (Linux `sun_path`), less the byte that ends it.
  private static final int LONGEST_PATH = 107;
  private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int AT_ONCE = 8;

  private final Path socket;
  private final ServerSocketChannel server;
  private final String user;
  private final Answers answers;
  private final Semaphore places = new Semaphore(AT_ONCE);

  /// Answers a question. Safe for many threads.
  public interface Answers {

    /// The answer.
    ///
    /// @param question as it came; nothing in it is checked
    /// @param user who asks
    Map<String, ?> answer(Map<String, @Nullable Object> question, String user);
  }

  private ControlServer(Path socket, ServerSocketChannel server, String user, Answers answers) {
    this.socket = socket;
    this.server = server;
    this.user = user;
    this.answers = answers;
  }

  /// Listens in this folder, which only its owner can enter.
  ///
  /// @throws IOException if it cannot
  public static ControlServer open(Path folder, Answers answers) throws IOException {
    var socket = folder.resolve(SOCKET).toAbsolutePath();
    int length = socket.toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > LONGEST_PATH) {
      throw new IOException(
          socket + " has " + length + " bytes, and a socket's path at most " + LONGEST_PATH);
    }
    Files.deleteIfExists(socket);
    var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      server.bind(UnixDomainSocketAddress.of(socket));
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
      var control = new ControlServer(socket, server, Files.getOwner(socket).getName(), answers);
      Thread.ofVirtual().name("control").start(control::accept);
      return control;
    } catch (IOException e) {
      server.close();
      throw e;
    }
  }

  private void accept() {
    while (server.isOpen()) {
      try {
        var connection = server.accept();
        if (places.tryAcquire()) {
          Thread.ofVirtual().start(() -> serve(connection));
        } else {
          connection.close();
        }
      } catch (IOException e) {
        if (server.isOpen()) {
          LOG.atWarn().setCause(e).log("the local socket could not be listened on");
        }
      }
    }
  }

  private void serve(SocketChannel connection) {
    var guard = Thread.ofVirtual().start(() -> closeAfter(connection));
    try (var frames = new JsonFrames(connection, MESSAGE_BYTES)) {
      var peer = connection.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName();
      if (!peer.equals(user) && !peer.equals("root")) {
        LOG.atWarn().addKeyValue("user", peer).log("a stranger asked over the local socket");
        return;
      }
      frames.write(answers.answer(frames.read(), peer));
    } catch (IOException e) {
      LOG.atDebug().setCause(e).log("a question over the local socket was not answered");
    } finally {
      guard.interrupt();
      places.release();
    }
  }

  private static void closeAfter(SocketChannel connection) {
    try {
      Thread.sleep(PATIENCE);
      connection.close();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (IOException _) {
      // It is closed as far as it can be.
      return;
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    Files.deleteIfExists(socket);
  }
}
