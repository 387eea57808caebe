package org.wardfl.client.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.proto.channel.Protocol;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.task.ObservedCodec;
import org.wardfl.proto.task.ObservedState;
import org.wardfl.proto.task.ObservedState.Decision;
import org.wardfl.proto.wire.FederationGrpc;
import org.wardfl.proto.wire.ServerHello;
import org.wardfl.proto.wire.ServerMessage;
import org.wardfl.proto.wire.SiteMessage;

/// What a server hears of a site that has much to tell, or several things at once.
@Timeout(60)
class SlowServerTest {

  @TempDir private Path folder;

  /// A server that welcomes a site, and then reads only when it is told to.
  private static final class Slow extends FederationGrpc.FederationImplBase {

    private final Queue<ObservedState> heard = new ConcurrentLinkedQueue<>();
    private final CountDownLatch reads = new CountDownLatch(1);

    @Override
    public StreamObserver<SiteMessage> session(StreamObserver<ServerMessage> out) {
      var call = (ServerCallStreamObserver<ServerMessage>) out;
      call.disableAutoRequest();
      call.request(1);
      return new StreamObserver<>() {
        @Override
        public void onNext(SiteMessage message) {
          if (message.hasHello()) {
            out.onNext(
                ServerMessage.newBuilder()
                    .setHello(ServerHello.newBuilder().setProtocol(Protocol.CURRENT))
                    .build());
            var _ = Thread.ofVirtual().start(() -> readLater(call));
          } else {
            try {
              heard.add(ObservedCodec.fromWire(message.getObserved()));
            } catch (org.wardfl.proto.WireException e) {
              throw new IllegalStateException(e);
            }
            call.request(1);
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

    private void readLater(ServerCallStreamObserver<ServerMessage> call) {
      try {
        reads.await();
        call.request(1);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }

    /// The first word of each decision's reason in what was heard last.
    private Optional<String> last() {
      return heard.stream()
          .reduce((_, later) -> later)
          .map(state -> state.jobs().getFirst().reason().split(" ", 2)[0]);
    }
  }

  @Test
  void whatIsNewWhileTheServerReadsNothingIsToldWhenItReadsAgain() throws Exception {
    var server = new Slow();
    try (var welcome = new Welcome(server, folder)) {
      var link = welcome.link();
      welcome.await(link::isConnected);
      var made = new AtomicInteger();
      int told = 0;
      // More than the stream takes: what comes then is not made a message of.
      for (int before = -1; made.get() > before; told++) {
        assertThat(told).isLessThan(1000);
        before = made.get();
        var text = Integer.toString(told);
        link.observe(() -> {
          made.incrementAndGet();
          return decisions(text, 1000);
        });
      }
      link.observe(() -> decisions("last", 1));
      assertThat(server.last()).isEmpty();

      server.reads.countDown();
      welcome.await(() -> server.last().filter("last"::equals).isPresent());
    }
  }

  @Test
  void aStateThatIsSlowToBeMadeOvertakesNoLaterOne() throws Exception {
    var server = new Slow();
    server.reads.countDown();
    try (var welcome = new Welcome(server, folder)) {
      var link = welcome.link();
      welcome.await(link::isConnected);
      var now = new AtomicInteger();
      var makes = new CountDownLatch(1);
      var goesOn = new CountDownLatch(1);
      var slow =
          Thread.ofVirtual()
              .start(() ->
                  link.observe(() -> {
                    int seen = now.get();
                    makes.countDown();
                    await(goesOn);
                    return decisions(Integer.toString(seen), 1);
                  }));
      await(makes);
      now.set(1);
      var later =
          Thread.ofVirtual()
              .start(() -> link.observe(() -> decisions(Integer.toString(now.get()), 1)));
      welcome.await(() -> later.getState() != Thread.State.RUNNABLE);
      goesOn.countDown();
      slow.join();
      later.join();
      welcome.await(() -> server.last().filter("1"::equals).isPresent());
      assertThat(server.heard.stream().map(state -> state.jobs().getFirst().reason()))
          .endsWith("1")
          .startsWith("0");
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static ObservedState decisions(String text, int jobs) {
    var padded = text + " " + "x".repeat(400);
    return new ObservedState(
        List.of(),
        Optional.empty(),
        IntStream.range(0, jobs)
            .mapToObj(number ->
                new ObservedState.ObservedJob(
                    new JobId("0197c1f0-0000-7000-8000-%012d".formatted(number)),
                    Decision.REFUSED,
                    jobs == 1 ? text : padded))
            .toList());
  }
}
