package org.wardfl.client.link;

import java.net.InetSocketAddress;
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
  public record Proxy(InetSocketAddress address, Optional<Credentials> credentials) {}

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
    return target() + proxy.map(it -> " through proxy " + it.address()).orElse("");
  }
}
