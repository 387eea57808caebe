package org.wardfl.proto.channel;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;

/// TLS 1.3 with certificates on both sides, and nothing else.
///
/// Netty's binding of BoringSSL is used where the platform has it, else the JDK's TLS; both are
/// supported. `-Dward.tls=jdk` chooses the JDK's.
public enum Tls {
  /// BoringSSL through netty-tcnative.
  BORINGSSL(SslProvider.OPENSSL, "BoringSSL"),
  /// The JDK's own.
  JDK(SslProvider.JDK, "the JDK's TLS");

  private static final String PROTOCOL = "TLSv1.3";
  // AES-128 is the quickest of the three that TLS 1.3 has, and strong enough for decades.
  private static final List<String> CIPHERS =
      List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");

  private final SslProvider provider;
  private final String title;

  Tls(SslProvider provider, String title) {
    this.provider = provider;
    this.title = title;
  }

  /// The one to use on this machine.
  public static Tls ofThisMachine() {
    boolean jdk = "jdk".equals(System.getProperty("ward.tls"));
    return !jdk && OpenSsl.isAvailable() && SslProvider.isTlsv13Supported(SslProvider.OPENSSL)
        ? BORINGSSL
        : JDK;
  }

  /// What people call it.
  public String title() {
    return title;
  }

  /// A server's side: every client must show a certificate.
  ///
  /// @throws SSLException if this machine cannot do it
  public SslContext server(KeyManager identity, TrustManager trust) throws SSLException {
    var context =
        GrpcSslContexts.configure(SslContextBuilder.forServer(identity), provider)
            .protocols(PROTOCOL)
            .ciphers(CIPHERS)
            .clientAuth(ClientAuth.REQUIRE)
            .trustManager(trust)
            .build();
    // A resumed session would ask no trust manager. Netty gives BoringSSL no tickets and no cache;
    // of the JDK's sessions, none is kept longer than a second.
    context.sessionContext().setSessionTimeout(1);
    if (this == JDK) {
      context.sessionContext().setSessionCacheSize(1);
    }
    return context;
  }

  /// A client's side.
  ///
  /// @throws SSLException if this machine cannot do it
  public SslContext client(KeyManager identity, TrustManager trust) throws SSLException {
    return GrpcSslContexts.configure(SslContextBuilder.forClient(), provider)
        .protocols(PROTOCOL)
        .ciphers(CIPHERS)
        .keyManager(identity)
        .trustManager(trust)
        .build();
  }
}
