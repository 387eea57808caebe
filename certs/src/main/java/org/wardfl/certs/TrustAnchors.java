package org.wardfl.certs;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Whom a project believes: one root, or two while the root is replaced; the intermediate
/// authorities; and what each of them has revoked.
///
/// An immutable value that is exchanged as a whole at run time. Every authority must come with its
/// revocation list, so that a missing list is never taken for an empty one. A list past its next
/// update still revokes; whether it is recent enough is asked by [#freshUntil()].
public final class TrustAnchors {

  private final String project;
  private final List<X509Certificate> roots;
  private final List<X509Certificate> intermediates;
  private final List<RevocationList> lists;
  private final Map<X509Certificate, RevocationList> listOf;

  private TrustAnchors(
      List<X509Certificate> roots, List<X509Certificate> intermediates, List<RevocationList> lists)
      throws IdentityException {
    this.roots = List.copyOf(roots);
    this.intermediates = List.copyOf(intermediates);
    project = projectOf(roots);
    listOf = new LinkedHashMap<>();
    for (var root : roots) {
      requireAuthority(root);
      requireIssued(root, List.of(root));
    }
    for (var intermediate : intermediates) {
      requireAuthority(intermediate);
      requireIssued(intermediate, roots);
    }
    assignLists(lists);
    this.lists = List.copyOf(listOf.values());
  }

  /// Trust in these.
  ///
  /// @param authorities roots and intermediates of one project, at least one root
  /// @param lists the latest revocation list of each of them
  /// @throws IdentityException if they do not belong together, or a list is missing
  public static TrustAnchors of(List<X509Certificate> authorities, List<RevocationList> lists)
      throws IdentityException {
    var roots = new ArrayList<X509Certificate>();
    var intermediates = new ArrayList<X509Certificate>();
    for (var authority : authorities) {
      (isSelfIssued(authority) ? roots : intermediates).add(authority);
    }
    return new TrustAnchors(roots, intermediates, lists);
  }

  /// Reads a bundle: certificates and revocation lists as PEM, in any order.
  ///
  /// @param origin what messages call it
  public static TrustAnchors parse(String origin, String pem) throws IdentityException {
    var authorities = new ArrayList<X509Certificate>();
    var lists = new ArrayList<RevocationList>();
    for (var block : Pem.blocks(origin, pem)) {
      switch (block.getType()) {
        case Pem.CERTIFICATE -> authorities.add(Pem.certificate(origin, block.getContent()));
        case Pem.CRL -> lists.add(new RevocationList(Pem.crl(origin, block.getContent())));
        default ->
            throw new IdentityException(
                origin + ": found " + block.getType() + ", expected certificates and " + Pem.CRL);
      }
    }
    try {
      return of(authorities, lists);
    } catch (IdentityException e) {
      throw new IdentityException(origin + ": " + e.getMessage(), e);
    }
  }

  /// The bundle as PEM.
  public String pem() {
    return Pem.certificates(roots)
        + Pem.certificates(intermediates)
        + lists.stream().map(RevocationList::pem).collect(Collectors.joining());
  }

  /// The project that all authorities belong to.
  public String project() {
    return project;
  }

  /// One root, or two during a roll-over.
  public List<X509Certificate> roots() {
    return roots;
  }

  /// The intermediate authorities.
  public List<X509Certificate> intermediates() {
    return intermediates;
  }

  /// The revocation list of each authority.
  public List<RevocationList> revocationLists() {
    return lists;
  }

  /// The fingerprints of the roots, to be compared by people.
  public List<Fingerprint> rootFingerprints() {
    return roots.stream().map(CertificateText::fingerprint).toList();
  }

  /// Until when the revocation lists say something about the present: the earliest next update.
  public Instant freshUntil() {
    return lists.stream()
        .map(RevocationList::nextUpdate)
        .min(Comparator.naturalOrder())
        .orElseThrow();
  }

  /// The same trust with later revocation lists; an earlier list than the present one is left out.
  ///
  /// @throws IdentityException if a list is not signed by one of the authorities
  public TrustAnchors withRevocations(List<RevocationList> later) throws IdentityException {
    var all = new ArrayList<>(lists);
    all.addAll(later);
    return new TrustAnchors(roots, intermediates, all);
  }

  /// Whether a believed peer's certificate, or its authority's, has since been revoked; also if its
  /// authority is not believed any more, since a root was replaced.
  ///
  /// Cheap enough to be asked for every call: a resumed TLS session asks no trust manager.
  public boolean isRevoked(X509Certificate certificate) {
    boolean known = false;
    for (var authority : listOf.entrySet()) {
      boolean issuer =
          authority.getKey().getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
      known |= issuer;
      if (issuer
          && (authority.getValue().lists(certificate.getSerialNumber())
              || (!isSelfIssued(authority.getKey()) && isRevoked(authority.getKey())))) {
        return true;
      }
    }
    return !known;
  }

  /// Checks a peer's certificates.
  ///
  /// The JDK validates the chain (RFC 5280 section 6). Beyond that: the certificate is an end
  /// entity's with one name of this project; the intermediate that issued it may issue its profile;
  /// its usages are exactly the profile's; its key is strong; neither it nor the intermediate is
  /// revoked; its profile is one that the caller expects.
  ///
  /// @param chain as the peer gave it, its own certificate first
  /// @param at the time that counts
  /// @param expected which profiles the caller deals with here
  /// @throws IdentityException if it is not believed; the message says why
  public Peer verify(List<X509Certificate> chain, Instant at, Set<LeafProfile> expected)
      throws IdentityException {
    if (chain.isEmpty()) {
      throw new IdentityException("no certificate was presented");
    }
    var leaf = chain.getFirst();
    var intermediate = intermediateOf(leaf);
    if (chain.size() > 2 || (chain.size() == 2 && !chain.get(1).equals(intermediate))) {
      throw new IdentityException(
          "certificate of "
              + CertifiedName.visible(leaf.getSubjectX500Principal().getName())
              + " was presented with others than its intermediate authority's");
    }
    validate(List.of(leaf, intermediate), at);
    var peer = LeafCheck.check(leaf, intermediate, project);
    if (!expected.contains(peer.name().profile())) {
      throw new IdentityException(
          "certificate of " + peer.name() + ", expected one of " + words(expected));
    }
    if (isRevoked(leaf)) {
      throw new IdentityException("certificate of " + peer.name() + " has been revoked");
    }
    return peer;
  }

  private X509Certificate intermediateOf(X509Certificate leaf) throws IdentityException {
    for (var candidate : intermediates) {
      if (candidate.getSubjectX500Principal().equals(leaf.getIssuerX500Principal())
          && isIssued(leaf, candidate)) {
        return candidate;
      }
    }
    throw new IdentityException(
        "certificate of "
            + CertifiedName.visible(leaf.getSubjectX500Principal().getName())
            + " was issued by "
            + CertifiedName.visible(leaf.getIssuerX500Principal().getName())
            + ", which is no authority of project "
            + project);
  }

  private void validate(List<X509Certificate> path, Instant at) throws IdentityException {
    var leaf = path.getFirst();
    try {
      var anchors =
          roots.stream().map(root -> new TrustAnchor(root, null)).collect(Collectors.toSet());
      var parameters = new PKIXParameters(anchors);
      parameters.setDate(Date.from(at));
      // The lists are checked by their own signatures here, and on every call: isRevoked.
      parameters.setRevocationEnabled(false);
      CertPathValidator.getInstance("PKIX")
          .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
    } catch (CertPathValidatorException e) {
      throw new IdentityException(
          "certificate of "
              + CertifiedName.visible(leaf.getSubjectX500Principal().getName())
              + ": "
              + reason(path.get(Math.max(0, e.getIndex())), at, e),
          e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java validates certificates", e);
    }
    for (var root : roots) {
      boolean used = root.getSubjectX500Principal().equals(path.getLast().getIssuerX500Principal());
      if (used && at.isAfter(root.getNotAfter().toInstant())) {
        throw new IdentityException(
            "the project's root ended at "
                + root.getNotAfter().toInstant()
                + "; get the new trust bundle from the project admin");
      }
    }
  }

  private static String reason(
      X509Certificate certificate, Instant at, CertPathValidatorException e) {
    if (at.isBefore(certificate.getNotBefore().toInstant())) {
      return "valid from "
          + certificate.getNotBefore().toInstant()
          + ", but this clock says "
          + at.truncatedTo(ChronoUnit.SECONDS)
          + "; check the clock of this machine";
    }
    if (at.isAfter(certificate.getNotAfter().toInstant())) {
      return "ended at "
          + certificate.getNotAfter().toInstant()
          + ", and this clock says "
          + at.truncatedTo(ChronoUnit.SECONDS)
          + "; a new one is needed, unless the clock of this machine is wrong";
    }
    return String.valueOf(e.getMessage());
  }

  /// Each authority gets the latest list that it signed; every authority must have one.
  private void assignLists(List<RevocationList> all) throws IdentityException {
    var authorities = new ArrayList<>(roots);
    authorities.addAll(intermediates);
    for (var list : all) {
      var issuer =
          authorities.stream()
              .filter(authority -> authority.getSubjectX500Principal().equals(list.issuer()))
              .filter(authority -> list.isSignedBy(authority.getPublicKey()))
              .findFirst();
      if (issuer.isEmpty()) {
        throw new IdentityException(
            "revocation list of "
                + list.issuerName()
                + " is not signed by any authority of project "
                + project);
      }
      listOf.merge(
          issuer.get(),
          list,
          (one, other) -> one.number().compareTo(other.number()) >= 0 ? one : other);
    }
    for (var authority : authorities) {
      if (!listOf.containsKey(authority)) {
        throw new IdentityException(
            "no revocation list of " + CertificateNames.of(authority) + ", expected one of each");
      }
    }
  }

  private static String projectOf(List<X509Certificate> roots) throws IdentityException {
    if (roots.isEmpty()) {
      throw new IdentityException("no root certificate, expected one or two");
    }
    return CertificateNames.of(roots.getFirst()).project();
  }

  private void requireAuthority(X509Certificate certificate) throws IdentityException {
    var name = CertificateNames.of(certificate);
    if (!name.isAuthority() || certificate.getBasicConstraints() < 0) {
      throw new IdentityException(name + " is no authority, but stands among the trusted ones");
    }
    if (!name.project().equals(project)) {
      throw new IdentityException(name + " does not belong to project " + project);
    }
    KeyType.check(certificate.getPublicKey());
  }

  private static void requireIssued(X509Certificate certificate, List<X509Certificate> issuers)
      throws IdentityException {
    if (issuers.stream().noneMatch(issuer -> isIssued(certificate, issuer))) {
      throw new IdentityException(
          CertificateNames.of(certificate) + " is not signed by a root of the same bundle");
    }
  }

  private static boolean isIssued(X509Certificate certificate, X509Certificate issuer) {
    try {
      certificate.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException _) {
      return false;
    }
  }

  private static boolean isSelfIssued(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
  }

  private static String words(Set<LeafProfile> profiles) {
    return profiles.stream()
        .map(profile -> profile.name().toLowerCase(java.util.Locale.ROOT))
        .sorted()
        .collect(Collectors.joining(", "));
  }

  @Override
  public String toString() {
    return "trust of project " + project + " in " + roots.size() + " root(s)";
  }
}
