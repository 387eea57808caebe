package org.wardfl.server.service;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardfl.certs.CertificateAuthority;
import org.wardfl.certs.CertifiedName;
import org.wardfl.certs.Fingerprint;
import org.wardfl.certs.Identity;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.Peer;
import org.wardfl.certs.PrivateFile;
import org.wardfl.certs.TrustAnchors;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.wire.RenewalAnswer;
import org.wardfl.proto.wire.StoredRenewal;
import org.wardfl.proto.wire.WaitingRequest;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.audit.AuditLog;
import org.wardfl.provisioning.kit.KitRequest;
import org.wardfl.provisioning.kit.KitUpdate;

/// Requests for the next certificate, and their answers: one of each for a participant, durable.
///
/// A server that holds the project's transport authority answers servers and sites whose renewal is
/// due: the same name, role, organization and hosts, for as long as before. Everything else waits
/// for the project admin, also while the root is replaced, because then the admin's own records
/// must tell who has renewed. Thread-safe.
public final class Renewals {

  private static final Logger LOG = LoggerFactory.getLogger(Renewals.class);
  private static final int MAX_REQUEST = 64 << 10;
  private static final int MAX_UPDATE = 1 << 20;

  /// Who lost an answer asks again; who asks for more keys than that waits for a person.
  private static final Duration BETWEEN = Duration.ofMinutes(10);

  private final Path folder;
  private final Authority authority;
  private final InstantSource clock;
  private final AuditLog audit;
  private final Map<String, StoredRenewal> stored = new TreeMap<>();

  /// Whom the server believes and what it may issue, of now.
  ///
  /// @param trust whom it believes
  /// @param transport the authority that the project admin handed to it, if that happened
  public record Authority(
      Supplier<TrustAnchors> trust, Supplier<Optional<CertificateAuthority>> transport) {

    /// The authority, if it issues certificates of this kind now.
    private Optional<CertificateAuthority> issuerFor(CertifiedName name) {
      var present = trust.get();
      return transport
          .get()
          .filter(it -> it.name().name().equals(name.profile().issuer()))
          .filter(it -> present.intermediates().contains(it.certificate()))
          .filter(it -> present.roots().size() == 1 && !present.isRevoked(it.certificate()));
    }
  }

  private Renewals(Path folder, Authority authority, InstantSource clock, AuditLog audit) {
    this.folder = folder;
    this.authority = authority;
    this.clock = clock;
    this.audit = audit;
  }

  /// Reads what is stored.
  ///
  /// @throws IOException if it cannot be read
  public static Renewals open(Path folder, Authority authority, InstantSource clock, AuditLog audit)
      throws IOException {
    PrivateFile.createFolder(folder);
    var renewals = new Renewals(folder, authority, clock, audit);
    try (var files = Files.newDirectoryStream(folder, "*.renewal")) {
      for (var file : files) {
        renewals.read(file);
      }
    }
    return renewals;
  }

  private void read(Path file) throws IOException {
    try {
      var renewal = StoredRenewal.parseFrom(Files.readAllBytes(file));
      stored.put(renewal.getRequest().getName(), renewal);
    } catch (InvalidProtocolBufferException e) {
      // Whoever asked asks again, and an answer can be sent again.
      LOG.atWarn().addKeyValue("file", file).setCause(e).log("a damaged renewal is passed over");
    }
  }

  /// Takes a request. The same again changes nothing.
  ///
  /// @param caller who asks, as its connection proves
  /// @param bytes the request, signed with the caller's present identity
  /// @return whether it is answered
  /// @throws IOException if it cannot be made durable
  synchronized boolean request(Peer caller, byte[] bytes) throws Calls.Refused, IOException {
    var now = clock.instant();
    var request = checked(caller, bytes, now);
    var name = caller.name().uri();
    var known = Optional.ofNullable(stored.get(name));
    boolean same =
        known
            .filter(it -> it.getRequest().getRequest().equals(ByteString.copyFrom(bytes)))
            .isPresent();
    if (same && known.orElseThrow().hasAnswer()) {
      return true;
    }
    var waiting =
        same
            ? known.orElseThrow().getRequest()
            : WaitingRequest.newBuilder()
                .setName(name)
                .setRequest(ByteString.copyFrom(bytes))
                .setReceivedMs(now.toEpochMilli())
                .build();
    var issuer = authority.issuerFor(caller.name()).filter(_ -> isDue(caller.certificate(), now));
    if (issuer.isPresent()) {
      requirePause(known, now);
      issue(issuer.get(), caller, request, waiting, now);
      return true;
    }
    if (!same) {
      audit.done(name, "request renewal", name, request.request().keyDescription());
      store(StoredRenewal.newBuilder().setRequest(waiting).build());
      LOG.atWarn()
          .addKeyValue("participant", name)
          .log("a renewal waits for the project admin: ward cert requests");
    }
    return false;
  }

  private KitRequest checked(Peer caller, byte[] bytes, Instant now) throws Calls.Refused {
    if (bytes.length > MAX_REQUEST) {
      throw new Calls.Refused(
          Reason.MALFORMED,
          "a request of " + bytes.length + " bytes, expected at most " + MAX_REQUEST);
    }
    KitRequest request;
    try {
      request = KitRequest.decode("the request", bytes);
    } catch (KitException e) {
      throw new Calls.Refused(Reason.MALFORMED, String.valueOf(e.getMessage()));
    }
    Peer renewer;
    try {
      renewer = request.renewer(authority.trust().get(), now);
    } catch (IdentityException e) {
      throw new Calls.Refused(Reason.IDENTITY, String.valueOf(e.getMessage()));
    }
    if (!renewer.name().equals(caller.name())) {
      throw new Calls.Refused(
          Reason.IMPERSONATION,
          caller.name() + " sent a renewal of " + renewer.name() + "; only the holder renews");
    }
    try {
      request.request().requireFor(caller.name(), caller.organization());
    } catch (IdentityException e) {
      throw new Calls.Refused(Reason.IMPERSONATION, String.valueOf(e.getMessage()));
    }
    return request;
  }

  private static boolean isDue(X509Certificate certificate, Instant now) {
    return !now.isBefore(Identity.renewAt(certificate));
  }

  private static void requirePause(Optional<StoredRenewal> known, Instant now)
      throws Calls.Refused {
    if (known.isEmpty() || known.get().getAnswer().getCertificates().isEmpty()) {
      return;
    }
    var last = Instant.ofEpochMilli(known.get().getRequest().getReceivedMs());
    if (now.isBefore(last.plus(BETWEEN))) {
      throw new Calls.Refused(
          Reason.BUSY, "renewed at " + last + " for another key; ask again after " + BETWEEN);
    }
  }

  private void issue(
      CertificateAuthority issuer,
      Peer caller,
      KitRequest request,
      WaitingRequest waiting,
      Instant now)
      throws Calls.Refused, IOException {
    var present = caller.certificate();
    var life =
        Duration.between(
            present.getNotBefore().toInstant().plus(CertificateAuthority.CLOCK_TOLERANCE),
            present.getNotAfter().toInstant());
    try {
      var certificate = issuer.renew(caller, request.request(), now, life);
      audit.done(
          caller.name().uri(),
          "renew",
          certificate.getSerialNumber().toString(16),
          "until " + certificate.getNotAfter().toInstant());
      var pem = Identity.pem(List.of(certificate, issuer.certificate()));
      store(
          StoredRenewal.newBuilder()
              .setRequest(waiting)
              .setAnswer(RenewalAnswer.newBuilder().setCertificates(ByteString.copyFromUtf8(pem)))
              .build());
    } catch (IdentityException e) {
      throw new Calls.Refused(Reason.IMPERSONATION, String.valueOf(e.getMessage()));
    }
  }

  /// The answer to a participant's latest request; an empty one while there is none.
  synchronized RenewalAnswer answer(CertifiedName name) {
    var known = stored.get(name.uri());
    return known == null ? RenewalAnswer.getDefaultInstance() : known.getAnswer();
  }

  /// The requests without an answer, by name.
  synchronized List<WaitingRequest> waiting() {
    return stored.values().stream()
        .filter(renewal -> !renewal.hasAnswer())
        .map(StoredRenewal::getRequest)
        .toList();
  }

  /// Takes the project admin's answer to the request that waits.
  ///
  /// @param admin who brings it
  /// @param name the certified name of whoever asked
  /// @param bytes the update of that participant's kit
  /// @throws IOException if it cannot be made durable
  synchronized void take(Peer admin, String name, byte[] bytes) throws Calls.Refused, IOException {
    var known = stored.get(name);
    if (known == null) {
      throw new Calls.Refused(
          Reason.NOT_FOUND, "no request of '" + name + "'; expected one of " + stored.keySet());
    }
    if (bytes.length > MAX_UPDATE) {
      throw new Calls.Refused(
          Reason.MALFORMED,
          "an answer of " + bytes.length + " bytes, expected at most " + MAX_UPDATE);
    }
    try {
      var request = KitRequest.decode("the request", known.getRequest().getRequest().toByteArray());
      KitUpdate.decode("the answer", bytes)
          .requireAnswers(
              CertifiedName.parse(name),
              request.request(),
              authority.trust().get(),
              clock.instant());
    } catch (KitException | IdentityException e) {
      throw new Calls.Refused(Reason.MALFORMED, String.valueOf(e.getMessage()));
    }
    audit.done(admin.name().uri(), "answer renewal", name, "");
    store(
        known.toBuilder()
            .setAnswer(RenewalAnswer.newBuilder().setUpdate(ByteString.copyFrom(bytes)))
            .build());
  }

  private void store(StoredRenewal renewal) throws IOException {
    var name = renewal.getRequest().getName();
    var digest = Fingerprint.of(name.getBytes(StandardCharsets.UTF_8)).digest();
    PrivateFile.write(folder.resolve(digest + ".renewal"), renewal.toByteArray());
    stored.put(name, renewal);
  }
}
