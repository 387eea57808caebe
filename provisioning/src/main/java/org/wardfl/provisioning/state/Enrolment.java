package org.wardfl.provisioning.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.wardfl.certs.CertifiedName;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.Leaf;
import org.wardfl.certs.LeafProfile;
import org.wardfl.certs.Passphrase;
import org.wardfl.certs.PrivateFile;
import org.wardfl.certs.TrustAnchors;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.kit.KitRequest;
import org.wardfl.provisioning.kit.KitUpdate;

/// Answers requests for certificates: those of participants that make their own keys, and renewals.
public final class Enrolment {

  private final Path out;
  private final Passphrase passphrase;
  private final InstantSource clock;

  /// Works in the folder that [Provisioner] made.
  public Enrolment(Path out, Passphrase passphrase, InstantSource clock) {
    this.out = out;
    this.passphrase = passphrase;
    this.clock = clock;
  }

  /// What was issued.
  ///
  /// @param name to whom
  /// @param role in which role
  /// @param notAfter until when it is valid
  /// @param answer the file to be sent back
  public record Answer(String name, String role, Instant notAfter, Path answer) {}

  /// Approves a request.
  ///
  /// @param fingerprint as the requester read it over the telephone; not used for a renewal, which
  ///   is signed with a certificate that is believed
  /// @throws KitException if the request is not what the project says, was answered before, or the
  ///   fingerprint is another's; nothing was done then
  public Answer approve(KitRequest request, String fingerprint) throws KitException, IOException {
    return approve(request, fingerprint, false);
  }

  /// Approves a renewal, or finds the answer that it got before: the run that approved it may have
  /// been killed before the answer was sent.
  ///
  /// @throws KitException if it is no renewal, or not what the project says; nothing was done then
  public Answer approveAgain(KitRequest renewal) throws KitException, IOException {
    return approve(renewal, "", true);
  }

  private Answer approve(KitRequest request, String fingerprint, boolean again)
      throws KitException, IOException {
    var now = clock.instant();
    try (var state = ProjectState.open(out, passphrase, now)) {
      var registry = state.registry();
      var commonName = request.request().commonName();
      var member =
          registry
              .member(commonName)
              .orElseThrow(() ->
                  new KitException(
                      "request for '"
                          + commonName
                          + "', who is no participant of project "
                          + registry.project()
                          + "; add it to the project file and run 'ward"
                          + " provision'"));
      var name = member.certifiedName(registry.project());
      request.request().requireFor(name, member.organization());
      var digest = request.fingerprint().digest();
      var earlier = member.answer(digest);
      if (earlier.isPresent() && again) {
        var issued = earlier.get();
        return new Answer(
            commonName, member.role(), issued.ends(), send(state, commonName, issued.serial()));
      }
      if (earlier.isPresent()) {
        throw new KitException(
            "this request of '"
                + commonName
                + "' was answered at "
                + earlier.get().issued().truncatedTo(ChronoUnit.SECONDS)
                + ", and a key is certified once; the answer is "
                + send(state, commonName, earlier.get().serial()));
      }
      if (member.lockedOut()) {
        throw new KitException(
            "'"
                + commonName
                + "' is revoked; provision it again with --reissue "
                + commonName
                + " before its request is approved");
      }
      requireProven(request, fingerprint, state.trust(), now, name);
      int generation = registry.issuing();
      var issuer =
          state.authorities().authority(generation, LeafProfile.ofRole(member.role()).issuer());
      var certificate =
          issuer.issue(
              new Leaf(name, member.organization(), member.hosts(), request.request().key()),
              now,
              registry.settings().leaf());
      var ends = certificate.getNotAfter().toInstant();
      var issued =
          new Member.Issued(
              certificate.getSerialNumber().toString(16), generation, now, ends, "", digest);
      var next = registry.with(member.with(issued).withoutEnded(now));
      var trust = state.trust();
      var update =
          KitUpdate.forOne(
              name,
              trust,
              List.of(certificate, issuer.certificate()),
              new byte[0],
              next.participants(now),
              now,
              state.authorities().signer(registry.generations().getFirst()));
      // Nobody can see the answer before the registry knows the certificate, and could revoke it.
      PrivateFile.createFolder(state.inState("answers"));
      PrivateFile.write(prepared(state, issued.serial()), update.encode());
      state.commit(next);
      var answer = send(state, commonName, issued.serial());
      return new Answer(commonName, member.role(), ends, answer);
    } catch (IdentityException e) {
      throw new KitException(String.valueOf(e.getMessage()), e);
    }
  }

  private static void requireProven(
      KitRequest request, String fingerprint, TrustAnchors trust, Instant now, CertifiedName name)
      throws KitException, IdentityException {
    if (request.renewal().isPresent()) {
      var renewer = request.renewer(trust, now);
      if (!renewer.name().equals(name)) {
        throw new KitException(
            "renewal for "
                + name
                + ", but signed by "
                + renewer.name()
                + "; only the holder renews");
      }
    } else if (!request.fingerprint().matches(fingerprint)) {
      // The right one is not told here: it has to come from the requester.
      throw new KitException(
          (fingerprint.isBlank()
                  ? "no fingerprint was given"
                  : "'"
                      + fingerprint
                      + "' is not the request's fingerprint (at least its first 32 digits)")
              + "; call the requester at a number from another source, and give with --fingerprint"
              + " what is read to you. If it stays another one, somebody else made this request: do"
              + " not approve it");
    }
  }

  /// Puts the answer where the project admin finds it, also when an earlier run was killed before.
  private static Path send(ProjectState state, String name, String serial) throws IOException {
    var answer = state.results("updates").resolve(name + ".answer");
    var prepared = prepared(state, serial);
    if (Files.exists(prepared)) {
      PrivateFile.write(answer, Files.readAllBytes(prepared));
    }
    return answer;
  }

  private static Path prepared(ProjectState state, String serial) {
    return state.inState("answers").resolve(serial + ".update");
  }
}
