/// X.509 identities: who issues them, who holds them and who is believed.
///
/// A [org.wardfl.certs.CertificateAuthority] issues; a peer holds an [org.wardfl.certs.Identity];
/// whoever meets the peer asks [org.wardfl.certs.TrustAnchors], the entry point for all checks.
/// What a peer signed over a folder of files is an [org.wardfl.certs.manifest.SignedManifest].
/// Bouncy Castle builds and parses, the JDK validates chains; no type of Bouncy Castle leaves this
/// package.
@NullMarked
package org.wardfl.certs;

import org.jspecify.annotations.NullMarked;
