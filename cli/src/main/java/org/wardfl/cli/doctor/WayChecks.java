package org.wardfl.cli.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.wardfl.client.link.Endpoint;
import org.wardfl.client.link.ServerProbe;
import org.wardfl.proto.channel.Tls;
import org.wardfl.provisioning.kit.ActiveKit;
import org.wardfl.provisioning.project.Participant.Address;

/// Goes the way to the server hop by hop: name, port, proxy, TLS, answer; then compares the clocks.
///
/// @param findings where it tells
/// @param proxy on the way, if there is one
record WayChecks(Findings findings, Optional<Endpoint.Proxy> proxy) {

  private static final int CONNECT_MILLIS = 10_000;
  private static final Duration WORTH_TELLING = Duration.ofSeconds(5);
  private static final Duration TOO_MUCH = Duration.ofMinutes(1);
  private static final String BROKEN = "not tried, see above";

  /// Name and port, which need no key.
  ///
  /// @return whether something listens there
  boolean reach(Address server) {
    var first =
        proxy
            .map(it -> new Address(it.address().getHostString(), it.address().getPort()))
            .orElse(server);
    var found = lookUp(first.host());
    if (found.isEmpty()) {
      findings.skipped("port", BROKEN);
      return false;
    }
    return connect(first, found.get());
  }

  private Optional<InetAddress[]> lookUp(String host) {
    try {
      var found = InetAddress.getAllByName(host);
      findings.ok(
          "DNS",
          host
              + " is "
              + Arrays.stream(found)
                  .map(InetAddress::getHostAddress)
                  .collect(Collectors.joining(", ")));
      return Optional.of(found);
    } catch (UnknownHostException _) {
      findings.failed(
          "DNS",
          host
              + " is not known to this machine's name service; check the name, and DNS"
              + (proxy.isPresent() ? ", or --proxy" : ""));
      return Optional.empty();
    }
  }

  private boolean connect(Address to, InetAddress[] addresses) {
    var trouble = "";
    for (var address : addresses) {
      long began = System.nanoTime();
      try (var socket = new Socket()) {
        socket.connect(new InetSocketAddress(address, to.port()), CONNECT_MILLIS);
        long millis = Duration.ofNanos(System.nanoTime() - began).toMillis();
        findings.ok("port", to + " accepts connections, after " + millis + " ms");
        return true;
      } catch (SocketTimeoutException _) {
        trouble =
            " does not answer; it is off, or a firewall on the way drops connections: ask for a"
                + " rule from this machine to it";
      } catch (IOException _) {
        trouble =
            " accepts no connection: nothing listens there, or a firewall refuses; is the server"
                + " running, and is the port open?";
      }
    }
    findings.failed("port", (proxy.isPresent() ? "the proxy " : "") + to + trouble);
    return false;
  }

  /// The rest of the way, under the kit's identity.
  void ask(ActiveKit kit) throws IOException {
    var outcome = ServerProbe.ask(kit, proxy, InstantSource.system());
    switch (outcome) {
      case ServerProbe.Answered(var ahead, var took) -> {
        proxyIsFine();
        tlsIsFine(kit);
        findings.ok("server", "it answers and knows this kit, after " + took.toMillis() + " ms");
        clock(ahead);
      }
      case ServerProbe.Failed(var hop, var sentence) -> {
        switch (hop) {
          case PROXY -> {
            findings.failed("proxy", sentence);
            skip("TLS", "server", "clock");
          }
          case NETWORK -> {
            findings.failed("port", sentence);
            skip("TLS", "server", "clock");
          }
          case TLS -> {
            proxyIsFine();
            findings.failed("TLS", sentence);
            skip("server", "clock");
          }
          case SERVER -> {
            proxyIsFine();
            tlsIsFine(kit);
            findings.failed("server", sentence);
            skip("clock");
          }
        }
      }
    }
  }

  /// What cannot be tried.
  void skip(String... checks) {
    for (var check : checks) {
      findings.skipped(check, BROKEN);
    }
  }

  private void proxyIsFine() {
    proxy.ifPresent(it -> findings.ok("proxy", it.target() + " lets this machine through"));
  }

  private void tlsIsFine(ActiveKit kit) {
    findings.ok(
        "TLS", Tls.ofThisMachine().title() + "; the server is " + kit.kit().name().server().name());
  }

  private void clock(Optional<Duration> ahead) {
    if (ahead.isEmpty()) {
      findings.note("clock", "the server does not tell its time; it may be of an earlier version");
      return;
    }
    var skew = ahead.get();
    var sentence =
        "this machine's clock is "
            + String.format(java.util.Locale.ROOT, "%.1f", Math.abs(skew.toMillis()) / 1e3)
            + " s "
            + (skew.isNegative() ? "behind" : "before")
            + " the server's";
    if (skew.abs().compareTo(TOO_MUCH) > 0) {
      findings.failed(
          "clock",
          sentence
              + "; certificates and jobs are judged by the clock: set the one that is wrong, best"
              + " by NTP (timedatectl set-ntp true)");
    } else if (skew.abs().compareTo(WORTH_TELLING) > 0) {
      findings.note("clock", sentence + "; best set both by NTP");
    } else {
      findings.ok("clock", sentence);
    }
  }
}
