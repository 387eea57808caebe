package org.wardfl.provisioning.state;

import static org.wardfl.provisioning.yaml.YamlText.quote;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;
import org.wardfl.certs.KeyType;
import org.wardfl.provisioning.project.CertificateSettings;
import org.wardfl.provisioning.project.Participant.Address;
import org.wardfl.provisioning.yaml.YamlException;
import org.wardfl.provisioning.yaml.YamlMapping;

/// The registry as YAML.
final class RegistryText {

  private static final int FORMAT = 1;

  private RegistryText() {}

  static String write(Registry registry) {
    var settings = registry.settings();
    var text =
        new StringBuilder("# Written by 'ward provision' and 'ward cert'; not to be edited.\n")
            .append("format: ")
            .append(FORMAT)
            .append('\n')
            .append("project: ")
            .append(quote(registry.project()))
            .append('\n')
            .append("key_type: ")
            .append(settings.keyType().word())
            .append('\n')
            .append("root: ")
            .append(settings.root().toDays())
            .append("d\n")
            .append("intermediate: ")
            .append(settings.intermediate().toDays())
            .append("d\n")
            .append("leaf: ")
            .append(settings.leaf().toDays())
            .append("d\n")
            .append("trust: ")
            .append(registry.trust())
            .append('\n')
            .append("generations: ")
            .append(registry.generations())
            .append('\n')
            .append("issuing: ")
            .append(registry.issuing())
            .append('\n')
            .append(registry.members().isEmpty() ? "members: []\n" : "members:\n");
    registry.members().values().forEach(member -> text.append(member(member)));
    return text.toString();
  }

  private static String member(Member member) {
    return "  - name: "
        + quote(member.name())
        + "\n    role: "
        + quote(member.role())
        + "\n    organization: "
        + quote(member.organization())
        + "\n    host: "
        + quote(member.address().host())
        + "\n    port: "
        + member.address().port()
        + "\n    hosts: "
        + member.hosts().stream()
            .map(host -> quote(host))
            .collect(Collectors.joining(", ", "[", "]"))
        + "\n    kit: "
        + quote(member.kit())
        + "\n    locked_out: "
        + member.lockedOut()
        + "\n    certificates:"
        + (member.certificates().isEmpty() ? " []" : "")
        + member.certificates().stream().map(RegistryText::issued).collect(Collectors.joining())
        + "\n";
  }

  private static String issued(Member.Issued issued) {
    return "\n      - {serial: "
        + quote(issued.serial())
        + ", generation: "
        + issued.generation()
        + ", issued: "
        + quote(issued.issued().toString())
        + ", ends: "
        + quote(issued.ends().toString())
        + ", revoked: "
        + quote(issued.revoked())
        + ", request: "
        + quote(issued.request())
        + "}";
  }

  static Registry read(YamlMapping root) throws YamlException {
    root.only(
        "format",
        "project",
        "key_type",
        "root",
        "intermediate",
        "leaf",
        "trust",
        "generations",
        "issuing",
        "members");
    if (root.integer("format") != FORMAT) {
      throw root.error(
          "format",
          "found "
              + root.integer("format")
              + ", expected "
              + FORMAT
              + ": the state was written by another version of Ward");
    }
    var members = new LinkedHashMap<String, Member>();
    for (var element : root.list("members").mappings()) {
      var member = readMember(element);
      members.put(member.name(), member);
    }
    try {
      var generations = new ArrayList<Integer>();
      for (var number : root.strings("generations")) {
        generations.add(Integer.valueOf(number));
      }
      return new Registry(
          root.string("project"),
          new CertificateSettings(
              keyType(root), days(root, "root"), days(root, "intermediate"), days(root, "leaf")),
          root.integer("trust"),
          generations,
          root.int32("issuing"),
          members);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw root.error("generations", "the state is damaged: " + e.getMessage());
    }
  }

  private static Member readMember(YamlMapping element) throws YamlException {
    element.only(
        "name",
        "role",
        "organization",
        "host",
        "port",
        "hosts",
        "kit",
        "locked_out",
        "certificates");
    var certificates = new ArrayList<Member.Issued>();
    for (var one : element.list("certificates").mappings()) {
      one.only("serial", "generation", "issued", "ends", "revoked", "request");
      certificates.add(
          new Member.Issued(
              one.string("serial"),
              (int) one.integer("generation"),
              time(one, "issued"),
              time(one, "ends"),
              one.string("revoked"),
              one.string("request")));
    }
    return new Member(
        element.string("name"),
        element.string("role"),
        element.string("organization"),
        new Address(element.string("host"), (int) element.integer("port")),
        element.strings("hosts", List.of()),
        element.string("kit"),
        element.bool("locked_out"),
        certificates);
  }

  private static KeyType keyType(YamlMapping root) throws YamlException {
    for (var type : KeyType.values()) {
      if (type.word().equals(root.string("key_type"))) {
        return type;
      }
    }
    throw root.error("key_type", "found '" + root.string("key_type") + "', expected ec-p256");
  }

  private static Duration days(YamlMapping root, String key) throws YamlException {
    return root.duration(key);
  }

  private static Instant time(YamlMapping mapping, String key) throws YamlException {
    try {
      return Instant.parse(mapping.string(key));
    } catch (DateTimeException e) {
      throw mapping.error(key, "found '" + mapping.string(key) + "', expected a time");
    }
  }
}
