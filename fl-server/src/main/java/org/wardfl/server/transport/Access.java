package org.wardfl.server.transport;

import java.util.Optional;
import java.util.Set;
import org.wardfl.certs.LeafProfile;
import org.wardfl.provisioning.rights.Right;

/// Who may call a method: which kinds of participant, and which right a person needs for it.
///
/// @param callers kinds of certificate
/// @param right what a person's role must allow; empty where no person may call
record Access(Set<LeafProfile> callers, Optional<Right> right) {

  static Access site() {
    return new Access(Set.of(LeafProfile.SITE), Optional.empty());
  }

  static Access person(Right right) {
    return new Access(Set.of(LeafProfile.USER), Optional.of(right));
  }

  static Access siteOrPerson(Right right) {
    return new Access(Set.of(LeafProfile.SITE, LeafProfile.USER), Optional.of(right));
  }
}
