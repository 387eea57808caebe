package org.wardfl.provisioning.project;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.wardfl.provisioning.yaml.YamlException;
import org.wardfl.provisioning.yaml.YamlFile;
import org.wardfl.provisioning.yaml.YamlMapping;

/// A `project.yml` as FLARE has it, and what Ward does not take over from it.
///
/// @param project what it says
/// @param warnings one sentence for each part that Ward leaves out or does in another way
public record ProjectFile(Project project, List<String> warnings) {

  private static final String[] ROOT_KEYS = {
    "api_version",
    "name",
    "description",
    "participants",
    "builders",
    "connection_security",
    "studies",
    "custom_ca_cert"
  };
  private static final String[] ROLES = {"project_admin", "org_admin", "lead", "member"};
  private static final int DEFAULT_PORT = 8002;
  private static final int MAX_PORT = 65535;

  /// Copies.
  public ProjectFile {
    warnings = List.copyOf(warnings);
  }

  /// Reads a file.
  ///
  /// @throws YamlException if it breaks a rule; the message names file, line and rule
  public static ProjectFile read(Path file) throws YamlException, IOException {
    return of(YamlFile.read(file));
  }

  /// Reads what a YAML file says.
  public static ProjectFile of(YamlMapping root) throws YamlException {
    return new Reader().read(root);
  }

  /// One reading, which collects warnings.
  private static final class Reader {

    private final List<String> warnings = new ArrayList<>();
    private final Map<String, String> seen = new HashMap<>();

    ProjectFile read(YamlMapping root) throws YamlException {
      root.only(ROOT_KEYS);
      long version = root.integer("api_version");
      if (version != 3 && version != 4) {
        throw root.error("api_version", "found " + version + ", expected 3 (or 4 with studies)");
      }
      var name = name(root, "name", NameRule.PROJECT);
      mutualTlsOnly(root, "the project");
      if (root.has("studies")) {
        warnings.add("studies are left out: Ward takes the study from each job");
      }
      var elements = root.list("participants").mappings();
      var server = server(root, elements);
      var participants = new ArrayList<Participant>();
      for (var element : elements) {
        participant(element, server).ifPresent(participants::add);
      }
      var settings = BuilderList.read(root, warnings);
      return new ProjectFile(
          new Project(name, root.string("description", ""), settings, participants), warnings);
    }

    private Participant.Server server(YamlMapping root, List<YamlMapping> elements)
        throws YamlException {
      YamlMapping found = null;
      for (var element : elements) {
        if (element.string("type", "").equals("server")) {
          if (found != null) {
            throw element.error(
                "type",
                "a second server ('"
                    + element.string("name")
                    + "'), the first is '"
                    + found.string("name")
                    + "' in line "
                    + found.location().line()
                    + "; Ward has one server, which recovers by itself");
          }
          found = element;
        }
      }
      if (found == null) {
        throw root.error("participants", "no participant of type server, expected one");
      }
      return server(found);
    }

    private Optional<Participant> participant(YamlMapping element, Participant.Server server)
        throws YamlException {
      var type = element.string("type");
      var participant =
          switch (type) {
            case "server" -> Optional.<Participant>of(server);
            case "client" -> Optional.<Participant>of(site(element, server.address()));
            case "admin" -> Optional.<Participant>of(user(element, server.address()));
            case "overseer" -> {
              warnings.add(
                  element.string("name")
                      + " (overseer) is left out: Ward's server recovers by"
                      + " itself and needs none");
              yield Optional.<Participant>empty();
            }
            default ->
                throw element.error(
                    "type", "found '" + type + "', expected one of server, client, admin");
          };
      if (participant.isPresent()) {
        var name = participant.get().name();
        var earlier = seen.put(name.toLowerCase(Locale.ROOT), name);
        if (earlier != null) {
          throw element.error(
              "name",
              "participant '"
                  + name
                  + "' is given twice"
                  + (earlier.equals(name) ? "" : " ('" + earlier + "' differs in case only)"));
        }
      }
      return participant;
    }

    private Participant.Server server(YamlMapping element) throws YamlException {
      element.only(keys("fed_learn_port", "admin_port", "host_names", "default_host"));
      var name = name(element, "name", NameRule.SERVER);
      int port = port(element, "fed_learn_port", DEFAULT_PORT);
      if (element.has("admin_port") && port(element, "admin_port", port) != port) {
        warnings.add(
            "admin_port "
                + element.integer("admin_port")
                + " of "
                + name
                + " is not used: Ward has one port, "
                + port);
      }
      var hosts = new ArrayList<String>();
      hosts.add(name);
      for (var host : element.strings("host_names", List.of())) {
        if (!NameRule.HOST.allows(host)) {
          throw element.error("host_names", "'" + host + "': expected " + NameRule.HOST.sentence());
        }
        hosts.add(host);
      }
      var dialled =
          element.has("default_host") ? name(element, "default_host", NameRule.HOST) : name;
      if (!hosts.contains(dialled)) {
        hosts.add(dialled);
      }
      leftOut(element, name);
      return new Participant.Server(
          name, organization(element), new Participant.Address(dialled, port), hosts);
    }

    private Participant.Site site(YamlMapping element, Participant.Address server)
        throws YamlException {
      element.only(keys("capacity"));
      var name = name(element, "name", NameRule.SITE);
      if (element.has("capacity")) {
        warnings.add("capacity of " + name + " is not used: a site finds its own devices");
      }
      leftOut(element, name);
      return new Participant.Site(name, organization(element), reached(element, server));
    }

    private Participant.User user(YamlMapping element, Participant.Address server)
        throws YamlException {
      element.only(keys("role"));
      var name = name(element, "name", NameRule.USER);
      var role = element.string("role");
      if (!List.of(ROLES).contains(role)) {
        throw element.error(
            "role", "found '" + role + "', expected one of " + String.join(", ", ROLES));
      }
      leftOut(element, name);
      return new Participant.User(name, organization(element), role, reached(element, server));
    }

    private static Participant.Address reached(YamlMapping element, Participant.Address server)
        throws YamlException {
      var other = element.optionalMapping("connect_to");
      if (other.isEmpty()) {
        return server;
      }
      var to = other.get();
      to.only("name", "host", "port", "connection_security", "auth_identity");
      return new Participant.Address(
          to.has("host") ? name(to, "host", NameRule.HOST) : server.host(),
          port(to, "port", server.port()));
    }

    private static String organization(YamlMapping element) throws YamlException {
      return name(element, "org", NameRule.ORGANIZATION);
    }

    private static String name(YamlMapping element, String key, NameRule rule)
        throws YamlException {
      var name = element.string(key);
      if (!rule.allows(name)) {
        throw element.error(key, "'" + name + "': expected " + rule.sentence());
      }
      return name;
    }

    private static int port(YamlMapping element, String key, int defaultPort) throws YamlException {
      long port = element.integer(key, defaultPort);
      if (port < 1 || port > MAX_PORT) {
        throw element.error(key, "found " + port + ", expected a port from 1 to " + MAX_PORT);
      }
      return (int) port;
    }

    private static String[] keys(String... own) {
      var keys =
          new ArrayList<>(
              List.of(
                  "name",
                  "type",
                  "org",
                  "connection_security",
                  "custom_ca_cert",
                  "connect_to",
                  "listening_host",
                  "use_aio",
                  "auth_identity",
                  "allow_log_streaming",
                  "cc_config",
                  "enable_byoc",
                  "components"));
      keys.addAll(List.of(own));
      return keys.toArray(String[]::new);
    }

    private void leftOut(YamlMapping element, String name) throws YamlException {
      mutualTlsOnly(element, name);
      for (var key :
          List.of(
              "custom_ca_cert",
              "listening_host",
              "use_aio",
              "auth_identity",
              "cc_config",
              "components")) {
        if (element.has(key)) {
          warnings.add(key + " of " + name + " is left out");
        }
      }
      for (var key : List.of("allow_log_streaming", "enable_byoc")) {
        if (element.has(key)) {
          warnings.add(key + " of " + name + " is left out: its owner decides in site.yaml");
        }
      }
    }

    private void mutualTlsOnly(YamlMapping element, String whose) throws YamlException {
      var security = element.string("connection_security", "mtls");
      if (!security.equals("mtls")) {
        warnings.add(
            "connection_security "
                + security
                + " of "
                + whose
                + " is not used: Ward always uses mutual TLS");
      }
    }
  }
}
