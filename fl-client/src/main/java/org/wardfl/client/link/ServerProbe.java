package org.wardfl.client.link;

import com.google.protobuf.Empty;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.wardfl.proto.channel.Protocol;
import org.wardfl.proto.channel.Tls;
import org.wardfl.proto.wire.EnrollmentGrpc;
import org.wardfl.provisioning.kit.ActiveKit;

/// One question to the server that changes nothing there, to find where the way to it ends.
public final class ServerProbe {

  private static final long SECONDS = 20;

  private ServerProbe() {}

  /// Where a call ended that did not get its answer.
  public enum Hop {
    /// Name service, port or firewall.
    NETWORK,
    /// The HTTP proxy on the way.
    PROXY,
    /// One side does not believe the other, or it is no server of Ward's.
    TLS,
    /// The server itself refused, or did not answer.
    SERVER
  }

  /// What came of the question.
  public sealed interface Outcome {}

  /// The server answered.
  ///
  /// @param ahead how far this machine's clock is before the server's, negative if behind; empty
  ///   for a server that does not tell its time
  /// @param took the whole of it, with the connection
  public record Answered(Optional<Duration> ahead, Duration took) implements Outcome {}

  /// It did not.
  ///
  /// @param hop where the way ended
  /// @param sentence what was found, and what to do
  public record Failed(Hop hop, String sentence) implements Outcome {}

  /// Asks as this participant.
  ///
  /// @throws IOException if this machine cannot do TLS
  public static Outcome ask(ActiveKit kit, Optional<Endpoint.Proxy> proxy, InstantSource clock)
      throws IOException {
    var name = kit.kit().name();
    var endpoint = new Endpoint(name.server(), name.address().host(), name.address().port(), proxy);
    long began = System.nanoTime();
    try (var channel = new ServerChannel(endpoint, Tls.ofThisMachine(), kit.keys(), kit.peers())) {
      try {
        // The first call opens the connection; the second one alone tells the time between them.
        var _ = collect(channel, new AtomicReference<>());
        var headers = new AtomicReference<@Nullable Metadata>();
        var sent = clock.instant();
        var _ = collect(channel, headers);
        var received = clock.instant();
        var middle = sent.plus(Duration.between(sent, received).dividedBy(2));
        return new Answered(
            time(headers.get()).map(server -> Duration.between(server, middle)),
            Duration.ofNanos(System.nanoTime() - began));
      } catch (StatusRuntimeException e) {
        return new Failed(new Diagnosis(endpoint).hop(e), channel.explain(e));
      }
    }
  }

  /// The answer to a request for renewal, which there is none of, or which stays where it is.
  private static Object collect(
      ServerChannel channel, AtomicReference<@Nullable Metadata> headers) {
    var captured =
        ClientInterceptors.intercept(
            channel.channel(),
            MetadataUtils.newCaptureMetadataInterceptor(headers, new AtomicReference<>()));
    return EnrollmentGrpc.newBlockingStub(captured)
        .withDeadlineAfter(SECONDS, TimeUnit.SECONDS)
        .collect(Empty.getDefaultInstance());
  }

  private static Optional<Instant> time(@Nullable Metadata headers) {
    var text = headers == null ? null : headers.get(Protocol.TIME);
    try {
      return text == null
          ? Optional.empty()
          : Optional.of(Instant.ofEpochMilli(Long.parseLong(text)));
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }
}
