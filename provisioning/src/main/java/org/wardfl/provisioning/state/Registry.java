package org.wardfl.provisioning.state;

import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wardfl.provisioning.kit.Participants;
import org.wardfl.provisioning.project.CertificateSettings;

/// All that the state remembers, in one value; the file that holds it is exchanged in one step, and
/// that is the moment at which anything happens.
///
/// @param project the project's name
/// @param settings how certificates are made
/// @param trust the number of the present trust bundle
/// @param generations the authorities that are believed, by number; two during a roll-over
/// @param issuing which of them issues
/// @param members by name
record Registry(
    String project,
    CertificateSettings settings,
    long trust,
    List<Integer> generations,
    int issuing,
    Map<String, Member> members) {

  Registry {
    generations = List.copyOf(generations);
    members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
    if (!generations.contains(issuing)) {
      throw new IllegalArgumentException(
          "authorities " + issuing + " issue, but only " + generations + " are believed");
    }
  }

  Optional<Member> member(String name) {
    return Optional.ofNullable(members.get(name));
  }

  Registry with(Member member) {
    var changed = new LinkedHashMap<>(members);
    changed.put(member.name(), member);
    return new Registry(project, settings, trust, generations, issuing, changed);
  }

  Registry with(Collection<Member> more) {
    var next = this;
    for (var member : more) {
      next = next.with(member);
    }
    return next;
  }

  /// Everybody who takes part, for the server.
  Participants participants(Instant now) {
    var organizations = new LinkedHashMap<String, String>();
    var revoked = new LinkedHashMap<String, Instant>();
    for (var member : members.values()) {
      var uri = member.certifiedName(project).uri();
      organizations.put(uri, member.organization());
      member.lastRevoked().ifPresent(issued -> revoked.put(uri, Instant.parse(issued.revoked())));
    }
    return new Participants(organizations, revoked, now);
  }

  Registry withTrust(long number) {
    return new Registry(project, settings, number, generations, issuing, members);
  }

  Registry withSettings(CertificateSettings changed) {
    return new Registry(project, changed, trust, generations, issuing, members);
  }

  Registry withGenerations(List<Integer> believed, int issues) {
    return new Registry(project, settings, trust, believed, issues, members);
  }
}
