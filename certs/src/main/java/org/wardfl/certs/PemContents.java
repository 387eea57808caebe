package org.wardfl.certs;

import java.util.ArrayList;
import java.util.List;

/// What a PEM file holds, of whatever kind, to be shown to people; nothing of it is believed.
///
/// @param certificates in the file's order
/// @param revocationLists in the file's order
/// @param requests in the file's order
/// @param keys how many private keys there are, which are not shown
public record PemContents(
    List<CertificateText> certificates,
    List<RevocationList> revocationLists,
    List<SigningRequest> requests,
    int keys) {

  /// Copies.
  public PemContents {
    certificates = List.copyOf(certificates);
    revocationLists = List.copyOf(revocationLists);
    requests = List.copyOf(requests);
  }

  /// Reads a file.
  ///
  /// @param origin what messages call it
  /// @throws IdentityException if a part is damaged, or of an unknown kind
  public static PemContents parse(String origin, String pem) throws IdentityException {
    var certificates = new ArrayList<CertificateText>();
    var lists = new ArrayList<RevocationList>();
    var requests = new ArrayList<SigningRequest>();
    int keys = 0;
    for (var block : Pem.blocks(origin, pem)) {
      switch (block.getType()) {
        case Pem.CERTIFICATE ->
            certificates.add(CertificateText.of(Pem.certificate(origin, block.getContent())));
        case Pem.CRL -> lists.add(new RevocationList(Pem.crl(origin, block.getContent())));
        case Pem.REQUEST ->
            requests.add(SigningRequest.parse(origin, Pem.write(Pem.REQUEST, block.getContent())));
        case Pem.ENCRYPTED_KEY, Pem.KEY -> keys++;
        default -> throw new IdentityException(origin + ": unknown part " + block.getType());
      }
    }
    return new PemContents(certificates, lists, requests, keys);
  }
}
