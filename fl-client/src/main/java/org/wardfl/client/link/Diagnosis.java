package org.wardfl.client.link;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.proxy.ProxyConnectException;
import io.netty.handler.ssl.NotSslRecordException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.wardfl.certs.Identity;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.channel.Refusal;

/// Why the server cannot be asked, in one sentence for whoever reads this side's log: what was
/// found, and what to do.
///
/// @param endpoint where the server is said to be
record Diagnosis(Endpoint endpoint) {

  private static final Pattern PROXY_STATUS = Pattern.compile("status: (\\d{3})");
  private static final int CREDENTIALS = 407;
  private static final int FORBIDDEN = 403;

  /// What is wrong with this side's own certificate, whatever the other side says: a server that
  /// does not believe it just ends the connection.
  static Optional<String> ofOwn(Identity own, Instant now) {
    var clock = now.truncatedTo(ChronoUnit.SECONDS);
    var from = own.certificate().getNotBefore().toInstant();
    if (now.isAfter(own.notAfter())) {
      return Optional.of(
          "the certificate of "
              + own.name().name()
              + " ended at "
              + own.notAfter()
              + ", and this clock says "
              + clock
              + "; if the clock is right, ask for a new certificate with 'ward cert request'");
    }
    return now.isBefore(from)
        ? Optional.of(
            "the certificate of "
                + own.name().name()
                + " is valid from "
                + from
                + ", but this clock says "
                + clock
                + "; set the clock of this machine")
        : Optional.empty();
  }

  /// Where the way to the server ended.
  ServerProbe.Hop hop(Throwable failure) {
    if (Refusal.of(failure).isPresent()) {
      return ServerProbe.Hop.SERVER;
    }
    if (cause(failure, ProxyConnectException.class).isPresent()
        || (endpoint.proxy().isPresent()
            && cause(failure, CertPathBuilderException.class).isPresent())) {
      return ServerProbe.Hop.PROXY;
    }
    if (cause(failure, CertificateException.class).isPresent()
        || cause(failure, SSLException.class).isPresent()) {
      return ServerProbe.Hop.TLS;
    }
    return cause(failure, IOException.class).isPresent()
        ? ServerProbe.Hop.NETWORK
        : ServerProbe.Hop.SERVER;
  }

  String of(Throwable failure) {
    var refusal = Refusal.of(failure);
    if (refusal.isPresent()) {
      return refused(refusal.get());
    }
    var untrustedProxy =
        cause(failure, SSLException.class)
            .filter(_ -> endpoint.proxy().flatMap(Endpoint.Proxy::tls).isPresent())
            .flatMap(tls -> cause(tls, CertPathBuilderException.class));
    if (untrustedProxy.isPresent()) {
      return "the proxy "
          + endpoint.proxy().orElseThrow().target()
          + " shows a certificate of an authority that is not known here; give the authority's with"
          + " --proxy-ca";
    }
    var proxy = cause(failure, ProxyConnectException.class);
    if (proxy.isPresent()) {
      return ofProxy(String.valueOf(proxy.get().getMessage()));
    }
    var certificate = cause(failure, CertificateException.class);
    if (certificate.isPresent()) {
      return certificate.get() instanceof ForeignCertificateException foreign
          ? opened(foreign)
          : "the server at " + endpoint + " is not believed: " + certificate.get().getMessage();
    }
    if (cause(failure, NotSslRecordException.class).isPresent()) {
      return "what answers at " + endpoint + " does not speak TLS; check host and port in the kit";
    }
    return cause(failure, SSLException.class)
        .map(tls ->
            "TLS with "
                + endpoint
                + " failed: "
                + tls.getMessage()
                + "; a server that does not accept this certificate ends the connection like this:"
                + " 'ward cert show' tells what is wrong with it")
        .orElseGet(() -> unreached(failure));
  }

  private String refused(Refusal refusal) {
    return "the server refuses: "
        + refusal.message()
        + (refusal.reason() == Reason.IDENTITY
            ? "; 'ward cert show' tells what is wrong with this side's certificate"
            : "");
  }

  private String ofProxy(String message) {
    var status = PROXY_STATUS.matcher(message);
    int code = status.find() ? Integer.parseInt(status.group(1)) : 0;
    var proxy = endpoint.proxy().map(it -> it.target()).orElse("");
    return switch (code) {
      case CREDENTIALS ->
          "the proxy "
              + proxy
              + (endpoint.proxy().flatMap(Endpoint.Proxy::credentials).isPresent()
                  ? " does not accept this user and password; check --proxy and the password"
                  : " asks for a user and a password: --proxy http://USER@HOST:PORT and"
                      + " --proxy-password-file");
      case FORBIDDEN ->
          "the proxy "
              + proxy
              + " does not let this machine through to "
              + endpoint.target()
              + "; ask its administrator for CONNECT to that host and port";
      case 0 -> "the proxy " + proxy + " does not answer as a proxy: " + message;
      default ->
          "the proxy "
              + proxy
              + " cannot reach "
              + endpoint.target()
              + " (its answer is "
              + code
              + ")";
    };
  }

  private String opened(ForeignCertificateException foreign) {
    return "what answers at "
        + endpoint
        + " shows a certificate of '"
        + foreign.issuer()
        + "', which is no authority of project "
        + endpoint.server().project()
        + ": either a proxy on the way opens TLS, which Ward's certificates do not pass; then ask"
        + " for an exception from TLS inspection for "
        + endpoint.target()
        + ". Or the address is another server's";
  }

  private String unreached(Throwable failure) {
    var first = endpoint.proxy().map(it -> "the proxy " + it.target()).orElse(endpoint.target());
    if (cause(failure, UnknownHostException.class).isPresent()) {
      return first + " is not known to this machine's name service; check the name, and DNS";
    }
    if (cause(failure, ConnectTimeoutException.class).isPresent()) {
      return first + " does not answer; it is off, or a firewall on the way drops connections";
    }
    if (cause(failure, ConnectException.class).isPresent()) {
      return first + " accepts no connection: nothing listens there, or a firewall refuses";
    }
    var status =
        switch (failure) {
          case StatusRuntimeException e -> e.getStatus();
          case StatusException e -> e.getStatus();
          default -> Status.fromThrowable(failure);
        };
    var cause = status.getCause();
    return "no answer from "
        + endpoint
        + ": "
        + (status.getDescription() == null ? status.getCode() : status.getDescription())
        + (cause == null ? "" : " (" + cause.getMessage() + ")");
  }

  private static <E extends Throwable> Optional<E> cause(Throwable failure, Class<E> kind) {
    for (var cause = failure; cause != null; cause = cause.getCause()) {
      if (kind.isInstance(cause)) {
        return Optional.of(kind.cast(cause));
      }
    }
    return Optional.empty();
  }
}
