package org.wardfl.provisioning.kit;

import org.wardfl.certs.CertifiedName;
import org.wardfl.provisioning.project.Participant.Address;
import org.wardfl.provisioning.yaml.YamlException;
import org.wardfl.provisioning.yaml.YamlMapping;
import org.wardfl.provisioning.yaml.YamlText;

/// Whose kit it is and where its server is: the content of `kit.yaml`.
///
/// @param name project, role and name
/// @param organization the owner's organization
/// @param server the server's name in its certificate
/// @param address where the owner reaches the server; for a server, where it is reached
public record KitName(
    CertifiedName name, String organization, CertifiedName server, Address address) {

  static KitName read(YamlMapping root) throws YamlException {
    root.only("project", "name", "role", "organization", "server");
    var server = root.mapping("server").only("name", "host", "port");
    try {
      return new KitName(
          new CertifiedName(root.string("project"), root.string("role"), root.string("name")),
          root.string("organization"),
          new CertifiedName(root.string("project"), "server", server.string("name")),
          new Address(server.string("host"), server.int32("port")));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw root.error("name", String.valueOf(e.getMessage()));
    }
  }

  String text() {
    return """
    # Whose startup kit this is. Signed by the project: a change is found at the next start.
    project: %s
    name: %s
    role: %s
    organization: %s
    server:
      name: %s
      host: %s
      port: %d
    """
        .formatted(
            YamlText.quote(name.project()),
            YamlText.quote(name.name()),
            YamlText.quote(name.role()),
            YamlText.quote(organization),
            YamlText.quote(server.name()),
            YamlText.quote(address.host()),
            address.port());
  }
}
