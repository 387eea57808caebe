package org.wardfl.provisioning.state;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.wardfl.certs.CertifiedName;
import org.wardfl.provisioning.project.Participant.Address;

/// A participant as the project admin's state has it.
///
/// @param name its name
/// @param role its certified role
/// @param organization its certified organization
/// @param address where it reaches the server; for the server, where it is reached
/// @param hosts for the server, what its certificate is valid for
/// @param kit which of its kits is the present one
/// @param lockedOut whether it was revoked and has not got a new kit since
/// @param certificates what was issued to it, the latest last
record Member(
    String name,
    String role,
    String organization,
    Address address,
    List<String> hosts,
    String kit,
    boolean lockedOut,
    List<Issued> certificates) {

  Member {
    hosts = List.copyOf(hosts);
    certificates = List.copyOf(certificates);
  }

  CertifiedName certifiedName(String project) {
    return new CertifiedName(project, role, name);
  }

  /// Those that are valid but for their end.
  List<Issued> present(Instant now) {
    return certificates.stream()
        .filter(one -> one.revoked().isEmpty() && one.ends().isAfter(now))
        .toList();
  }

  Optional<Issued> answer(String request) {
    return certificates.stream().filter(one -> one.request().equals(request)).findFirst();
  }

  Member with(Issued issued) {
    var more = new ArrayList<>(certificates);
    more.add(issued);
    return with(more);
  }

  Member with(List<Issued> changed) {
    return new Member(name, role, organization, address, hosts, kit, lockedOut, changed);
  }

  /// With a new kit, and so not locked out.
  Member withKit(String id) {
    return new Member(name, role, organization, address, hosts, id, false, certificates);
  }

  /// With all certificates revoked.
  Member lockedOutAt(Instant time) {
    var revoked = certificates.stream().map(issued -> issued.revokedAt(time)).toList();
    return new Member(name, role, organization, address, hosts, kit, true, revoked);
  }

  /// The certificate that was revoked last: nothing that was issued before that time counts.
  Optional<Issued> lastRevoked() {
    return certificates.stream()
        .filter(one -> !one.revoked().isEmpty())
        .max(Comparator.comparing(one -> Instant.parse(one.revoked())));
  }

  /// Ended certificates are forgotten, but for the last and the one that was revoked last: they can
  /// do no more harm.
  Member withoutEnded(Instant now) {
    var revoked = lastRevoked();
    return with(
        certificates.stream()
            .filter(one ->
                one.ends().isAfter(now)
                    || one.equals(certificates.getLast())
                    || revoked.filter(one::equals).isPresent())
            .toList());
  }

  /// One certificate.
  ///
  /// @param serial hexadecimal
  /// @param generation which authorities issued it
  /// @param issued when
  /// @param ends until when it is valid
  /// @param revoked since when it is revoked, empty if it is not
  /// @param request the fingerprint of the request that it answers, empty if there was none
  record Issued(
      String serial, int generation, Instant issued, Instant ends, String revoked, String request) {

    Issued revokedAt(Instant time) {
      return revoked.isEmpty()
          ? new Issued(serial, generation, issued, ends, time.toString(), request)
          : this;
    }
  }
}
