package org.wardfl.cli.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.wardfl.certs.Identity;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.PrivateFile;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.kit.StartupKit;

/// Looks at the kit's files: who may read them, whether they are as signed, until when they count.
/// It needs no password.
///
/// @param findings where it tells
/// @param now by this machine's clock
record KitChecks(Findings findings, Instant now) {

  private static final List<String> SECRETS =
      List.of("identity.pem", "authority.pem", "request", "request/key.pem", "data");

  /// The kit, if it can be opened.
  Optional<StartupKit> check(Path folder) throws IOException {
    permissions(folder);
    if (!findings.isAllWell()) {
      findings.skipped("kit", "a kit that others can read is not used");
      return Optional.empty();
    }
    try {
      var kit = StartupKit.open(folder);
      var name = kit.name();
      findings.ok(
          "kit",
          name.name().name()
              + ", "
              + name.name().role()
              + " of project "
              + name.name().project()
              + "; as the project signed it");
      certificate(kit);
      revocations(kit);
      return Optional.of(kit);
    } catch (KitException e) {
      findings.failed("kit", String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private void permissions(Path folder) throws IOException {
    var open = new ArrayList<String>();
    var paths = new ArrayList<Path>();
    paths.add(folder);
    SECRETS.forEach(name -> paths.add(folder.resolve(name)));
    for (var path : paths) {
      if (Files.exists(path)) {
        try {
          PrivateFile.requireOwnerOnly(path);
        } catch (IdentityException e) {
          open.add(String.valueOf(e.getMessage()));
        }
      }
    }
    if (open.isEmpty()) {
      findings.ok("permissions", "nobody but " + Files.getOwner(folder) + " may read " + folder);
    } else {
      findings.failed("permissions", String.join("; ", open));
    }
  }

  private void certificate(StartupKit kit) throws IOException {
    var file = kit.folder().resolve("identity.pem");
    if (!Files.exists(file)) {
      findings.failed(
          "certificate",
          "there is none yet; ask for one with 'ward cert request --kit " + kit.folder() + "'");
      return;
    }
    try {
      var chain = Identity.readChain(file);
      var own = chain.getFirst();
      var dates = dates(own);
      if (dates.isPresent()) {
        findings.failed("certificate", dates.get());
        return;
      }
      kit.trust().verify(chain, now, Set.of(kit.name().name().profile()));
      findings.ok("certificate", "valid until " + own.getNotAfter().toInstant());
    } catch (IdentityException e) {
      findings.failed("certificate", String.valueOf(e.getMessage()));
    }
  }

  private Optional<String> dates(X509Certificate own) {
    var clock = now.truncatedTo(ChronoUnit.SECONDS);
    if (now.isAfter(own.getNotAfter().toInstant())) {
      return Optional.of(
          "it ended at "
              + own.getNotAfter().toInstant()
              + ", and this clock says "
              + clock
              + "; if the clock is right, ask for a new one with 'ward cert request'");
    }
    if (now.isBefore(own.getNotBefore().toInstant())) {
      return Optional.of(
          "it is valid from "
              + own.getNotBefore().toInstant()
              + ", but this clock says "
              + clock
              + "; set the clock of this machine");
    }
    return Optional.empty();
  }

  private void revocations(StartupKit kit) {
    var until = kit.trust().freshUntil();
    if (until.isBefore(now)) {
      findings.failed(
          "revocation",
          "the lists of what was revoked were due anew at "
              + until
              + ", and no job runs until then; the project admin makes new ones with 'ward cert"
              + " refresh', and 'ward cert install' brings them here");
    } else {
      findings.ok("revocation", "the lists of what was revoked are fresh until " + until);
    }
  }
}
