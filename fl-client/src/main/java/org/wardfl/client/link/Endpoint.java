package org.wardfl.client.link;

import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.wardfl.certs.CertifiedName;

/// Where the server is and how it is reached.
///
/// @param server its certified name; no other server is believed, whatever host answers
/// @param host its network name or address
/// @param port its one port
/// @param proxy an HTTP proxy to go through by CONNECT, if there is one
public record Endpoint(CertifiedName server, String host, int port, Optional<Proxy> proxy) {

  /// An HTTP proxy.
  ///
  /// @param address where it is
  /// @param credentials for it, if it asks for them
  /// @param tls how the connection to the proxy itself is protected; empty for not at all
  public record Proxy(
      InetSocketAddress address, Optional<Credentials> credentials, Optional<ProxyTrust> tls) {

    /// A proxy that is reached without TLS.
    public Proxy(InetSocketAddress address, Optional<Credentials> credentials) {
      this(address, credentials, Optional.empty());
    }

    /// The proxy's host and port, as they were given: a name that is not resolved yet stays one.
    public String target() {
      return address.getHostString() + ":" + address.getPort();
    }
  }

  /// Who certifies the proxy. The server's own certificate is believed by the kit alone.
  ///
  /// @param authorities these; none for those that Java believes
  public record ProxyTrust(List<X509Certificate> authorities) {

    /// Copies.
    public ProxyTrust {
      authorities = List.copyOf(authorities);
    }
  }

  /// What a proxy asks for (RFC 7617). Its text form shows no password.
  ///
  /// @param user the name
  /// @param password the secret
  public record Credentials(String user, String password) {
    @Override
    public String toString() {
      return user;
    }
  }

  /// The server's host and port.
  String target() {
    return host + ":" + port;
  }

  @Override
  public String toString() {
    return target() + proxy.map(it -> " through proxy " + it.target()).orElse("");
  }
}
