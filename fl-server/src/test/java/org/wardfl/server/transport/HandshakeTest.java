package org.wardfl.server.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.wardfl.server.service.SiteChannel.failing;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.certs.CertificateAuthority;
import org.wardfl.certs.CertifiedName;
import org.wardfl.certs.Identity;
import org.wardfl.certs.IdentityKeyManager;
import org.wardfl.certs.KeyType;
import org.wardfl.certs.Leaf;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.channel.Tls;
import org.wardfl.server.service.Forgery;
import org.wardfl.server.service.Limits;
import org.wardfl.server.service.ProvisionedProject;
import org.wardfl.server.service.RunningServer;
import org.wardfl.server.service.SiteChannel;

/// Who does not get in, and that it is recorded; each time a site beside it is served.
class HandshakeTest {

  private static final ProvisionedProject PROJECT = ProvisionedProject.get();
  private static final ModelHash ANY = new ModelHash("0".repeat(64));

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(Tls.class)
  void certificatesThatNoHonestAuthorityIssuesAreRefused(Tls tls) throws Exception {
    try (var server = new RunningServer(folder, tls)) {
      refused(server, Forgery.ofSite1().purpose(null).identity(), "extended key usages []");
      refused(
          server,
          Forgery.ofSite1().purpose(KeyPurposeId.id_kp_serverAuth).identity(),
          "extended key usages [1.3.6.1.5.5.7.3.1]");
      refused(server, Forgery.ofSite1().rsa(1024).identity(), "key RSA 1024");
      refused(server, Forgery.ofSite1().authority().identity(), "is an authority");
      refused(
          server,
          Forgery.ofSite1().named("ward://chest_ct/lead/site-1").identity(),
          "issued by authority 'transport', expected 'users'");
      refused(
          server,
          Forgery.ofSite1().named("ward://brain_mri/site/site-1").identity(),
          "expected project 'chest_ct'");
    }
  }

  @ParameterizedTest
  @EnumSource(Tls.class)
  void strangersAreRefused(Tls tls) throws Exception {
    try (var server = new RunningServer(folder, tls)) {
      refused(server, foreign(), "which is no authority of project chest_ct");
      refused(server, PROJECT.identity("fl.example.org"), "expected one of site, user");
      var nobody =
          GrpcSslContexts.configure(SslContextBuilder.forClient())
              .trustManager(SiteChannel.trust())
              .build();
      refused(server, nobody, "the TLS handshake failed");
    }
  }

  @ParameterizedTest
  @EnumSource(Tls.class)
  void certificatesOfAnotherTimeAreRefused(Tls tls) throws Exception {
    try (var server = new RunningServer(folder, tls)) {
      var tomorrow = ProvisionedProject.NOW.plus(Duration.ofDays(1));
      refused(server, PROJECT.issue("site", "site-1", tomorrow), "valid from 2026-11-24T11:55:00Z");
      server.setTime(ProvisionedProject.NOW.plus(Duration.ofDays(91)));
      failed(server, clientOf(server, PROJECT.identity("site-1")), "ended at");
      server.setTime(ProvisionedProject.NOW);
      server.assertServes();
    }
  }

  @ParameterizedTest
  @EnumSource(Tls.class)
  void aRevokedCertificateIsRefused(Tls tls) throws Exception {
    try (var server = new RunningServer(folder, tls)) {
      var stolen = PROJECT.issue("site", "site-1", ProvisionedProject.NOW);
      server.exchange(PROJECT.without(stolen));
      refused(server, stolen, "has been revoked");
      try (var site = SiteChannel.of(server, "site-1")) {
        assertThat(failing(() -> site.fetch(ANY)).is(Reason.NOT_FOUND)).isTrue();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Tls.class)
  void olderTlsAndNoTlsAreRefused(Tls tls) throws Exception {
    try (var server = new RunningServer(folder, tls)) {
      var older =
          GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
              .protocols("TLSv1.2")
              .keyManager(new IdentityKeyManager(PROJECT.identity("site-1")))
              .trustManager(SiteChannel.trust())
              .build();
      refused(server, older, "the TLS handshake failed");
      ManagedChannel plain =
          NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
      try {
        var outcome = failing(() -> SiteChannel.fetch(plain, ANY));
        assertThat(outcome.status().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      } finally {
        plain.shutdownNow();
      }
      server.assertRecorded("unknown", "IDENTITY", "the connection does not speak TLS");
      server.assertServes();
    }
  }

  @ParameterizedTest
  @EnumSource(Tls.class)
  void aNameThatIsNotRegisteredIsToldSo(Tls tls) throws Exception {
    try (var server = new RunningServer(folder, tls)) {
      var site = PROJECT.issue("site", "site-9", ProvisionedProject.NOW);
      try (var channel = SiteChannel.of(server, site)) {
        var outcome = failing(() -> channel.fetch(server.jobPackage()));
        assertThat(outcome.is(Reason.IDENTITY)).isTrue();
        server.assertRecorded(site.name().uri(), "IDENTITY", "is not registered at this server");
        server.register(site.name());
        assertThat(failing(() -> channel.fetch(server.jobPackage())).is(Reason.NOT_FOUND)).isTrue();
      }
      server.assertServes();
    }
  }

  @Test
  void aConnectionThatNeverShakesHandsEnds() throws Exception {
    var limits = Limits.standard().handshake(Duration.ofMillis(200)).build();
    try (var server = new RunningServer(folder, Tls.ofThisMachine(), limits, 1000);
        var silent = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      silent.setSoTimeout(5_000);
      assertThat(silent.getInputStream().read()).isEqualTo(-1);
      server.assertRecorded("unknown", "TOO_SLOW", "no TLS handshake within 200 ms");
      server.assertServes();
    }
  }

  @Test
  void tooManyConnectionsOfOneAddressAreClosedAtOnceAndRecordedAsANumber() throws Exception {
    var limits = Limits.standard().connectionsPerAddress(3).build();
    try (var server = new RunningServer(folder, Tls.ofThisMachine(), limits, 1000)) {
      var held = new ArrayList<Socket>();
      for (int i = 0; i < 3; i++) {
        held.add(new Socket(InetAddress.getLoopbackAddress(), server.port()));
      }
      for (int i = 0; i < 50; i++) {
        try (var refused = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
          refused.setSoTimeout(5_000);
          assertThat(endOf(refused)).isTrue();
        }
      }
      server.assertRecorded("unknown", "BUSY", "too many connections: 3 from this address");
      server.transport().sweep();
      server.assertRecorded("unknown", "BUSY", "49 more times: too many connections");
      assertThat(server.recorded("BUSY")).isEqualTo(2);
      for (var each : held) {
        each.close();
      }
      RunningServer.await(() -> serves(server), () -> "room after the others left");
    }
  }

  private static boolean serves(RunningServer server) {
    try {
      server.assertServes();
      return true;
    } catch (io.grpc.StatusRuntimeException _) {
      return false;
    }
  }

  /// Closed or reset: either is an end.
  private static boolean endOf(Socket socket) {
    try {
      return socket.getInputStream().read() == -1;
    } catch (java.net.SocketTimeoutException _) {
      return false;
    } catch (IOException _) {
      return true;
    }
  }

  private static Identity foreign() throws Exception {
    var root =
        CertificateAuthority.createRoot(
            "chest_ct", KeyType.EC_P256, ProvisionedProject.NOW, Duration.ofDays(3650));
    var transport =
        root.createIntermediate(
            "transport", KeyType.EC_P256, ProvisionedProject.NOW, Duration.ofDays(365));
    var pair = KeyType.EC_P256.generate();
    var leaf =
        new Leaf(
            new CertifiedName("chest_ct", "site", "site-1"), "hospa", List.of(), pair.getPublic());
    var certificate = transport.issue(leaf, ProvisionedProject.NOW, Duration.ofDays(90));
    return new Identity(pair.getPrivate(), List.of(certificate, transport.certificate()));
  }

  private static SslContext clientOf(RunningServer server, Identity identity) throws Exception {
    return server.transport().tls().client(new IdentityKeyManager(identity), SiteChannel.trust());
  }

  private static void refused(RunningServer server, Identity identity, String words)
      throws Exception {
    refused(server, clientOf(server, identity), words);
  }

  private static void refused(RunningServer server, SslContext client, String words) {
    failed(server, client, words);
    server.assertServes();
  }

  /// The handshake ends with an alert, so no reason crosses the wire; it is in the record.
  private static void failed(RunningServer server, SslContext client, String words) {
    try (var channel = SiteChannel.with(server, client)) {
      var outcome = failing(() -> channel.fetch(server.jobPackage()));
      assertThat(outcome.status().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }
    server.assertRecorded("unknown", "IDENTITY", words);
  }
}
