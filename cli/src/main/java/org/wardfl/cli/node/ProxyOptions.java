package org.wardfl.cli.node;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.wardfl.certs.Identity;
import org.wardfl.certs.IdentityException;
import org.wardfl.cli.CommandException;
import org.wardfl.cli.ExitCode;
import org.wardfl.client.admin.AdminSession;
import org.wardfl.client.link.Endpoint;
import org.wardfl.client.link.LinkException;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.kit.ActiveKit;
import picocli.CommandLine.Option;

/// How the server is reached from a network that lets nobody out directly.
public final class ProxyOptions {

  private static final String PASSWORD_VARIABLE = "WARD_PROXY_PASSWORD";

  @Option(
      names = "--proxy",
      paramLabel = "URL",
      defaultValue = "${env:WARD_PROXY}",
      description =
          "HTTP proxy to go through by CONNECT: http://[user@]host:port, or https:// where the way to"
              + " the proxy has TLS of its own. Default: the environment variable WARD_PROXY.")
  private @Nullable String proxy;

  @Option(
      names = "--proxy-password-file",
      paramLabel = "FILE",
      description =
          "File with the proxy user's password in its first line. Default: the environment variable"
              + " WARD_PROXY_PASSWORD.")
  private @Nullable Path passwordFile;

  @Option(
      names = "--proxy-ca",
      paramLabel = "FILE",
      description =
          "Certificates (PEM) of the authorities that certify an https:// proxy. They are believed for"
              + " the proxy only, never for the server. Default: those that Java believes.")
  private @Nullable Path authorities;

  /// For picocli, which sets the fields.
  public ProxyOptions() {}

  /// What is asked of the server.
  ///
  /// @param <T> the answer
  public interface Question<T> {
    /// Asks.
    T ask(AdminSession server)
        throws LinkException, KitException, IOException, InterruptedException;
  }

  /// Asks the server under the kit's identity, and gives refusals their exit codes.
  public <T> T ask(ActiveKit kit, Question<T> question) throws InterruptedException {
    try (var server = new AdminSession(kit, proxy())) {
      return over(server, question);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /// Asks over a connection that is open.
  static <T> T over(AdminSession server, Question<T> question) throws InterruptedException {
    try {
      return question.ask(server);
    } catch (LinkException e) {
      throw new CommandException(code(e), String.valueOf(e.getMessage()), e);
    } catch (KitException e) {
      throw new CommandException(ExitCode.WRONG_INPUT, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private static CommandException unreadable(IOException e) {
    return new CommandException(
        ExitCode.FAILED, "a file could not be read or written: " + e.getMessage(), e);
  }

  private static ExitCode code(LinkException e) {
    return e.refusal()
        .map(refusal ->
            switch (refusal.reason()) {
              case PERMISSION, IMPERSONATION, IDENTITY -> ExitCode.NOT_PERMITTED;
              case NOT_FOUND, MALFORMED, JOB_REFUSED -> ExitCode.WRONG_INPUT;
              case PROTOCOL_VERSION,
                  OTHER_INSTANCE,
                  REPLACED,
                  OBSOLETE,
                  HASH_MISMATCH,
                  QUOTA,
                  BUSY,
                  TOO_SLOW,
                  STORAGE,
                  INTERNAL ->
                  ExitCode.FAILED;
            })
        .orElse(ExitCode.NOT_REACHABLE);
  }

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
    boolean tls = "https".equals(uri.getScheme());
    if ((!tls && !"http".equals(uri.getScheme())) || uri.getHost() == null || uri.getPort() < 1) {
      throw malformed();
    }
    if (!tls && authorities != null) {
      throw new CommandException(
          ExitCode.WRONG_INPUT,
          "--proxy-ca is for a proxy with https://, found http://; a proxy that opens TLS on the way"
              + " to the server cannot be passed, whatever is believed: docs/connection.md");
    }
    return Optional.of(
        new Endpoint.Proxy(
            InetSocketAddress.createUnresolved(uri.getHost(), uri.getPort()),
            Optional.ofNullable(uri.getUserInfo()).map(this::credentials),
            tls ? Optional.of(trust()) : Optional.empty()));
  }

  private Endpoint.ProxyTrust trust() {
    try {
      var chain =
          authorities == null ? List.<X509Certificate>of() : Identity.readChain(authorities);
      return new Endpoint.ProxyTrust(chain);
    } catch (IOException | IdentityException e) {
      throw new CommandException(
          ExitCode.WRONG_INPUT, "--proxy-ca " + authorities + ": " + e.getMessage(), e);
    }
  }

  private CommandException malformed() {
    return new CommandException(
        ExitCode.WRONG_INPUT,
        "--proxy: found '"
            + String.valueOf(proxy).replaceAll("//[^/]*@", "//...@")
            + "', expected http://[user@]host:port or https://...");
  }

  private Endpoint.Credentials credentials(String user) {
    if (user.contains(":")) {
      throw new CommandException(
          ExitCode.WRONG_INPUT,
          "--proxy holds a password, which every user of this machine could see; use"
              + " --proxy-password-file");
    }
    var given = System.getenv(PASSWORD_VARIABLE);
    if (passwordFile == null && given != null && !given.isEmpty()) {
      return new Endpoint.Credentials(user, given);
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
