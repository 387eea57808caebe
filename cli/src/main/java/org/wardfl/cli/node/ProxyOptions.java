package org.wardfl.cli.node;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.wardfl.cli.CommandException;
import org.wardfl.cli.ExitCode;
import org.wardfl.client.link.Endpoint;
import picocli.CommandLine.Option;

/// How the server is reached from a network that lets nobody out directly.
public final class ProxyOptions {

  @Option(
      names = "--proxy",
      paramLabel = "URL",
      defaultValue = "${env:WARD_PROXY}",
      description =
          "HTTP proxy to go through by CONNECT: http://[user@]host:port. Default: the environment"
              + " variable WARD_PROXY.")
  private @Nullable String proxy;

  @Option(
      names = "--proxy-password-file",
      paramLabel = "FILE",
      description = "File with the proxy user's password in its first line.")
  private @Nullable Path passwordFile;

  /// For picocli, which sets the fields.
  public ProxyOptions() {}

  /// The proxy, if one is given.
  ///
  /// @throws CommandException if it is malformed or the password is missing
  public Optional<Endpoint.Proxy> proxy() {
    if (proxy == null || proxy.isBlank()) {
      return Optional.empty();
    }
    URI uri;
    try {
      uri = URI.create(proxy);
    } catch (IllegalArgumentException e) {
      throw malformed();
    }
    if (!"http".equals(uri.getScheme()) || uri.getHost() == null || uri.getPort() < 1) {
      throw malformed();
    }
    return Optional.of(
        new Endpoint.Proxy(
            InetSocketAddress.createUnresolved(uri.getHost(), uri.getPort()),
            Optional.ofNullable(uri.getUserInfo()).map(this::credentials)));
  }

  private CommandException malformed() {
    return new CommandException(
        ExitCode.WRONG_INPUT, "--proxy: found '" + proxy + "', expected http://[user@]host:port");
  }

  private Endpoint.Credentials credentials(String user) {
    if (user.contains(":")) {
      throw new CommandException(
          ExitCode.WRONG_INPUT,
          "--proxy holds a password, which every user of this machine could see; use"
              + " --proxy-password-file");
    }
    if (passwordFile == null) {
      throw new CommandException(
          ExitCode.WRONG_INPUT, "--proxy names a user: --proxy-password-file is missing");
    }
    try (var lines = Files.lines(passwordFile)) {
      return new Endpoint.Credentials(user, lines.findFirst().orElse(""));
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.WRONG_INPUT, "--proxy-password-file " + passwordFile + " cannot be read", e);
    }
  }
}
