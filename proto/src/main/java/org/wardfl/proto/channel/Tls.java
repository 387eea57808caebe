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

  static {
    // A session that is resumed asks for no certificate and no key: whoever copies it from a site's
    // memory is that site. Either library reads its switch when it is loaded, and has no other one;
    // where it was loaded before, who calls is looked at again for every call all the same.
    System.setProperty("jdk.tls.server.enableSessionTicketExtension", "false");
    System.setProperty("jdk.tls.server.newSessionTicketCount", "0");
  }

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
    // Nor is a session kept here that another switch of the libraries would let resume.
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
