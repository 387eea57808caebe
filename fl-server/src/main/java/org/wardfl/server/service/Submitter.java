package org.wardfl.server.service;

import org.wardfl.certs.CertifiedName;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.Peer;
import org.wardfl.provisioning.rights.Actor;

/// Who submitted a job, as its events keep it: the certified name, a space, the organization.
///
/// @param name certified
/// @param organization certified, or empty
record Submitter(CertifiedName name, String organization) {

  static Submitter of(Peer peer) {
    return new Submitter(peer.name(), peer.organization());
  }

  static Submitter parse(String text) {
    int space = text.indexOf(' ');
    var uri = space < 0 ? text : text.substring(0, space);
    try {
      return new Submitter(CertifiedName.parse(uri), space < 0 ? "" : text.substring(space + 1));
    } catch (IdentityException e) {
      throw new IllegalStateException("the journal names a submitter that is none: " + text, e);
    }
  }

  String text() {
    return organization.isEmpty() ? name.uri() : name.uri() + " " + organization;
  }

  Actor actor() {
    return new Actor(name.name(), organization, name.role());
  }
}
