package org.wardfl.client.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.proto.channel.Protocol;
import org.wardfl.proto.wire.FederationGrpc;
import org.wardfl.proto.wire.ServerHello;
import org.wardfl.proto.wire.ServerMessage;
import org.wardfl.proto.wire.SiteMessage;

/// What a site makes of the version in which a server answers.
class VersionOfTheServerTest {

  @TempDir private Path folder;

  /// A server that answers every hello in one version.
  private static final class Answering extends FederationGrpc.FederationImplBase {

    private final int version;
    private final AtomicInteger hellos = new AtomicInteger();
    private volatile boolean breaks;

    Answering(int version) {
      this.version = version;
    }

    @Override
    public StreamObserver<SiteMessage> session(StreamObserver<ServerMessage> out) {
      return new StreamObserver<>() {
        @Override
        public void onNext(SiteMessage message) {
          var range = message.getHello().getProtocol();
          assertThat(range.getLowest()).isEqualTo(Protocol.OLDEST);
          assertThat(range.getHighest()).isEqualTo(Protocol.CURRENT);
          hellos.incrementAndGet();
          out.onNext(
              ServerMessage.newBuilder()
                  .setHello(ServerHello.newBuilder().setProtocol(version).setSite("site-1"))
                  .build());
          if (breaks) {
            out.onError(Status.RESOURCE_EXHAUSTED.asException());
          }
        }

        @Override
        public void onError(Throwable failure) {
          // The site went away.
        }

        @Override
        public void onCompleted() {
          out.onCompleted();
        }
      };
    }
  }

  @Test
  void aVersionThatTheSiteSpeaksIsWelcome() throws Exception {
    try (var welcome = new Welcome(new Answering(Protocol.CURRENT), folder)) {
      var link = welcome.link();
      welcome.await(link::isConnected);
      assertThat(link.trouble()).isEmpty();
    }
  }

  @Test
  void aLaterVersionMakesTheSiteSayThatItIsToBeUpgraded() throws Exception {
    var server = new Answering(Protocol.CURRENT + 1);
    try (var welcome = new Welcome(server, folder)) {
      var link = welcome.link();
      welcome.await(() -> server.hellos.get() > 1 && link.trouble().isPresent());
      assertThat(link.isConnected()).isFalse();
      assertThat(link.trouble().orElseThrow())
          .isEqualTo(
              "the server answers in version 2 of the protocol, this site speaks 1 to 1; upgrade the"
                  + " site");
    }
  }

  @Test
  void aVersionBeforeTheFirstMakesTheSiteSayThatTheServerIsToBeUpgraded() throws Exception {
    try (var welcome = new Welcome(new Answering(0), folder)) {
      var link = welcome.link();
      welcome.await(() -> link.trouble().isPresent());
      assertThat(link.trouble().orElseThrow()).endsWith("upgrade the server");
    }
  }

  @Test
  void aServerThatBreaksAfterTheWelcomeIsAskedEverMoreSeldom() throws Exception {
    var server = new Answering(Protocol.CURRENT);
    server.breaks = true;
    try (var welcome = new Welcome(server, folder)) {
      welcome.await(() -> server.hellos.get() >= 5);
      long early = System.nanoTime();
      welcome.await(() -> server.hellos.get() > 5 && System.nanoTime() - early > 2_000_000_000L);
      // With the first pause, of 0.1 s on average, there would be some 25.
      assertThat(server.hellos.get()).isLessThan(13);
    }
  }
}
