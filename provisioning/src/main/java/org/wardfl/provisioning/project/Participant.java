package org.wardfl.provisioning.project;

import java.util.List;
import org.wardfl.certs.CertifiedName;

/// One who takes part in a project and gets a startup kit.
public sealed interface Participant {

  /// The name, unique in the project.
  String name();

  /// The organization that it belongs to.
  String organization();

  /// The role in its certificate: `server`, `site`, or a person's role.
  String role();

  /// The name in its certificate.
  default CertifiedName certifiedName(String project) {
    return new CertifiedName(project, role(), name());
  }

  /// The coordinator.
  ///
  /// @param name a DNS name
  /// @param organization whose it is
  /// @param address where participants reach it
  /// @param hosts further names and addresses that its certificate is valid for
  record Server(String name, String organization, Address address, List<String> hosts)
      implements Participant {

    /// Copies.
    public Server {
      hosts = List.copyOf(hosts);
    }

    @Override
    public String role() {
      return "server";
    }
  }

  /// A hospital's client.
  ///
  /// @param name letters, digits, `-` and `_`
  /// @param organization whose it is
  /// @param server where it reaches the server, which differs behind some proxies
  record Site(String name, String organization, Address server) implements Participant {
    @Override
    public String role() {
      return "site";
    }
  }

  /// A person.
  ///
  /// @param name an e-mail address
  /// @param organization where the person works
  /// @param role `project_admin`, `org_admin`, `lead` or `member`
  /// @param server where the person reaches the server
  record User(String name, String organization, String role, Address server)
      implements Participant {}

  /// Where a server listens, or is reached.
  ///
  /// @param host DNS name or IP address
  /// @param port TCP port
  record Address(String host, int port) {
    @Override
    public String toString() {
      return host + ":" + port;
    }
  }
}
