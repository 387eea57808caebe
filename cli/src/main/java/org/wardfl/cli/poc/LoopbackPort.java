package org.wardfl.cli.poc;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.random.RandomGenerator;
import org.wardfl.cli.CommandException;
import org.wardfl.cli.ExitCode;

/// Ports of this machine's loopback interface.
final class LoopbackPort {

  // Below those that systems take for outgoing connections, so that it is still free after a
  // restart of the machine.
  private static final int FIRST = 20_000;
  private static final int COUNT = 10_000;
  private static final int ATTEMPTS = 100;
  private static final int MAX_PORT = 65_535;

  private LoopbackPort() {}

  /// One that nobody listens on.
  static int free() throws IOException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int port = FIRST + RandomGenerator.getDefault().nextInt(COUNT);
      if (isFree(port)) {
        return port;
      }
    }
    throw new IOException("no free port was found from " + FIRST + " on; name one with --port");
  }

  /// The one that was asked for.
  ///
  /// @throws CommandException if it is taken
  static int require(int port) {
    if (port < 1 || port > MAX_PORT) {
      throw new CommandException(
          ExitCode.WRONG_INPUT, "--port: found " + port + ", expected 1 to " + MAX_PORT);
    }
    if (!isFree(port)) {
      throw new CommandException(
          ExitCode.FAILED,
          "port "
              + port
              + " of this machine is taken by another program; end that, or choose another port"
              + " ('ward poc down' first, if there is a federation already)");
    }
    return port;
  }

  private static boolean isFree(int port) {
    try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return true;
    } catch (IOException _) {
      return false;
    }
  }
}
