package org.wardfl.provisioning.project;

import java.util.List;
import java.util.Optional;

/// Who takes part in what.
///
/// @param name the project's name, in every certificate
/// @param description one line for people, or empty
/// @param certificates how certificates are made
/// @param participants one server, and sites and people
public record Project(
    String name,
    String description,
    CertificateSettings certificates,
    List<Participant> participants) {

  /// Copies.
  public Project {
    participants = List.copyOf(participants);
  }

  /// The one server.
  public Participant.Server server() {
    return participants.stream()
        .filter(Participant.Server.class::isInstance)
        .map(Participant.Server.class::cast)
        .findFirst()
        .orElseThrow();
  }

  /// The participant of this name.
  public Optional<Participant> participant(String name) {
    return participants.stream().filter(one -> one.name().equals(name)).findFirst();
  }
}
