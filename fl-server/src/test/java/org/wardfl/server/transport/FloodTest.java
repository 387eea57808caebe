package org.wardfl.server.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.wardfl.server.service.SiteChannel.failing;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.proto.channel.Protocol;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.channel.Tls;
import org.wardfl.proto.task.TaskCodec;
import org.wardfl.proto.wire.AdministrationGrpc;
import org.wardfl.proto.wire.DeliverRequest;
import org.wardfl.proto.wire.FederationGrpc;
import org.wardfl.proto.wire.FileReference;
import org.wardfl.proto.wire.StoreRequest;
import org.wardfl.server.service.Limits;
import org.wardfl.server.service.ProvisionedProject;
import org.wardfl.server.service.RunningServer;
import org.wardfl.server.service.SiteChannel;

/// What one who holds a good certificate can take of the server.
class FloodTest {

  private static final ProvisionedProject PROJECT = ProvisionedProject.get();
  private static final String SITE = PROJECT.name("site-1").uri();
  private static final String SESSION = FederationGrpc.getSessionMethod().getFullMethodName();
  private static final String DELIVER = FederationGrpc.getDeliverMethod().getFullMethodName();
  private static final String STAT = FederationGrpc.getStatMethod().getFullMethodName();

  @TempDir private Path folder;

  @Test
  void oneConnectionHasNoMoreCallsThanAllowed() throws Exception {
    try (var server = server(Limits.standard());
        var raw = new RawHttp2(server, PROJECT.identity("site-1")).greet()) {
      for (int i = 0; i < 40; i++) {
        raw.begin(2 * i + 1, SESSION);
      }
      for (int i = 0; i < 8; i++) {
        assertThat(raw.await(RawHttp2.RST_STREAM).orElseThrow().code())
            .isEqualTo(RawHttp2.REFUSED_STREAM);
      }
      RunningServer.await(() -> server.transport().liveCalls() == 32, () -> "32 calls");
      server.assertServes();
    }
  }

  @Test
  void oneCallerHasNoMoreCallsThanAllowedOverAllItsConnections() throws Exception {
    try (var server = server(Limits.standard().callsPerCaller(3));
        var one = new RawHttp2(server, PROJECT.identity("site-1")).greet();
        var other = SiteChannel.of(server, "site-1")) {
      for (int i = 0; i < 3; i++) {
        one.begin(2 * i + 1, SESSION);
      }
      RunningServer.await(() -> server.transport().liveCalls() == 3, () -> "3 calls");
      var outcome = failing(() -> other.fetch(server.jobPackage()));
      assertThat(outcome.is(Reason.BUSY)).isTrue();
      server.assertRecorded(SITE, "BUSY", "has 3 calls already");
      server.assertServes();
      one.cut();
      RunningServer.await(() -> server.transport().liveCalls() == 0, () -> "no calls");
      assertThat(other.fetch(server.jobPackage())).hasSize(1000);
    }
  }

  @ParameterizedTest
  @EnumSource(Tls.class)
  void aFloodOfResetsEndsTheConnection(Tls tls) throws Exception {
    try (var server = new RunningServer(folder, tls);
        var raw = new RawHttp2(server, PROJECT.identity("site-1")).greet()) {
      try {
        for (int i = 0; i < 400; i++) {
          raw.begin(2 * i + 1, SESSION);
          raw.reset(2 * i + 1);
        }
        raw.flush();
      } catch (IOException _) {
        // The server was quicker.
      }
      var end = raw.await(RawHttp2.GOAWAY);
      end.ifPresent(frame -> assertThat(frame.code()).isEqualTo(RawHttp2.ENHANCE_YOUR_CALM));
      assertThat(raw.await(RawHttp2.SETTINGS)).isEmpty();
      server.assertRecorded(SITE, "BUSY", "100 calls were reset within 30 s");
      RunningServer.await(() -> server.transport().liveCalls() == 0, () -> "no calls");
      server.assertServes();
    }
  }

  @Test
  void tooManyHeadersAreRefusedInWords() throws Exception {
    try (var server = server(Limits.standard());
        var site = SiteChannel.of(server, "site-1")) {
      var headers = new Metadata();
      headers.put(
          Metadata.Key.of("x-flood", Metadata.ASCII_STRING_MARSHALLER), "x".repeat(9 << 10));
      var stub =
          FederationGrpc.newBlockingStub(site.channel())
              .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
      var outcome = failing(() -> stub.stat(FileReference.getDefaultInstance()));
      assertThat(outcome.is(Reason.MALFORMED)).isTrue();
      server.assertRecorded(SITE, "MALFORMED", "expected at most 8192");
      server.assertServes();
    }
  }

  @Test
  void aFloodOfRefusedCallsIsNoFloodOfRecordsAndEachIsCounted() throws Exception {
    try (var server = server(Limits.standard())) {
      try (var site = SiteChannel.of(server, "site-1")) {
        var stub = AdministrationGrpc.newBlockingStub(site.channel());
        for (int i = 0; i < 300; i++) {
          assertThat(
                  failing(() -> stub.listSites(Empty.getDefaultInstance())).is(Reason.PERMISSION))
              .isTrue();
        }
      }
      assertThat(server.recorded("PERMISSION")).isEqualTo(CallRefusals.FIRST);
      server.transport().close();
      server.assertRecorded(SITE, "PERMISSION", (300 - CallRefusals.FIRST) + " more times");
      assertThat(server.recorded("PERMISSION")).isEqualTo(CallRefusals.FIRST + 1);
    }
  }

  @Test
  void aFloodOfHeadersReachesNoService() throws Exception {
    try (var server = server(Limits.standard());
        var raw = new RawHttp2(server, PROJECT.identity("site-1")).greet()) {
      raw.begin(1, STAT, Map.of("x-flood", "x".repeat(18 << 10)));
      var answer = raw.await(RawHttp2.HEADERS).orElseThrow();
      assertThat(raw.headers(answer).status()).hasToString("431");
      server.assertServes();
    }
  }

  @Test
  void headersWithoutEndEndTheConnection() throws Exception {
    try (var server = server(Limits.standard());
        var raw = new RawHttp2(server, PROJECT.identity("site-1")).greet()) {
      try {
        raw.begin(1, STAT, Map.of("x-flood", "x".repeat(8 << 20)));
      } catch (IOException _) {
        // The server was quicker.
      }
      assertThat(raw.await(RawHttp2.DATA)).isEmpty();
      server.assertServes();
    }
  }

  @ParameterizedTest
  @EnumSource(Tls.class)
  void aMessageAboveTheLimitIsRefused(Tls tls) throws Exception {
    try (var server = new RunningServer(folder, tls);
        var site = SiteChannel.of(server, "site-1")) {
      var large = FileReference.newBuilder().setJob("x".repeat(2 << 20)).build();
      var outcome = failing(() -> FederationGrpc.newBlockingStub(site.channel()).stat(large));
      assertThat(outcome.status().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
      server.assertRecorded(
          SITE, "MALFORMED", "a message of more than " + Protocol.MAX_MESSAGE_BYTES);
      server.assertServes();
    }
  }

  @Test
  void aMessageThatAnnouncesTwoGibibytesIsRefusedBeforeItComes() throws Exception {
    try (var server = server(Limits.standard());
        var raw = new RawHttp2(server, PROJECT.identity("site-1")).greet()) {
      raw.begin(1, STAT);
      raw.data(1, RawHttp2.message(Integer.MAX_VALUE, new byte[100]), false);
      var answer = raw.await(RawHttp2.HEADERS).orElseThrow();
      assertThat(raw.headers(answer).get("grpc-status"))
          .hasToString(Integer.toString(Status.Code.RESOURCE_EXHAUSTED.value()));
      server.assertRecorded(SITE, "MALFORMED", "a message of more than");
      RunningServer.await(() -> server.transport().liveCalls() == 0, () -> "no calls");
      server.assertServes();
    }
  }

  @Test
  void aMessageThatIsNoneIsRefused() throws Exception {
    try (var server = server(Limits.standard());
        var raw = new RawHttp2(server, PROJECT.identity("site-1")).greet()) {
      raw.begin(1, STAT);
      raw.data(1, RawHttp2.message(4, new byte[] {-1, -1, -1, -1}), true);
      var answer = raw.await(RawHttp2.HEADERS).orElseThrow();
      assertThat(raw.headers(answer).get("grpc-status"))
          .hasToString(Integer.toString(Status.Code.INVALID_ARGUMENT.value()));
      server.assertRecorded(SITE, "MALFORMED", "bytes that are no message");
      server.assertServes();
    }
  }

  @Test
  void aConnectionThatSaysNothingAfterItsHandshakeEnds() throws Exception {
    try (var server = server(Limits.standard().handshake(Duration.ofMillis(300)));
        var silent = new RawHttp2(server, PROJECT.identity("site-1"))) {
      // The server says hello, waits, and goes.
      assertThat(silent.await(RawHttp2.HEADERS)).isEmpty();
      server.assertServes();
    }
  }

  @Test
  void anIdleConnectionEnds() throws Exception {
    try (var server = server(Limits.standard().idle(Duration.ofMillis(300)));
        var idle = new RawHttp2(server, PROJECT.identity("site-1")).greet()) {
      assertThat(idle.await(RawHttp2.GOAWAY).orElseThrow().code()).isZero();
      server.assertServes();
    }
  }

  @Test
  void callsThatBeginAndSayNothingEnd() throws Exception {
    var window = Duration.ofMillis(200);
    try (var server = server(Limits.standard().slowest(100, window));
        var raw = new RawHttp2(server, PROJECT.identity("site-1")).greet()) {
      int stream = 1;
      for (var method : new String[] {SESSION, DELIVER, STAT, DELIVER}) {
        raw.begin(stream, method);
        stream += 2;
      }
      raw.data(7, RawHttp2.message(1000, new byte[50]), false);
      RunningServer.await(() -> server.transport().liveCalls() == 4, () -> "4 calls");
      RunningServer.await(
          () -> {
            server.transport().sweep();
            return server.transport().liveCalls() == 0;
          },
          () -> "the calls end");
      var ended = new HashSet<Integer>();
      while (ended.size() < 4) {
        var answer = raw.await(RawHttp2.HEADERS).orElseThrow();
        assertThat(raw.headers(answer).get("grpc-status"))
            .hasToString(Integer.toString(Status.Code.DEADLINE_EXCEEDED.value()));
        ended.add(answer.stream());
      }
      server.assertRecorded(SITE, "TOO_SLOW", "of its message only");
      server.assertServes();
    }
  }

  /// A hospital's uplink: one chunk takes many windows, but bytes keep coming.
  @Test
  void aSlowLinkIsNoSlowSender() throws Exception {
    var file = RunningServer.randomFile(folder.resolve("update"), 100_000);
    // A pause of this test on a busy machine must not look like a slow sender.
    var window = Duration.ofMillis(500);
    try (var server = server(Limits.standard().slowest(2_000, window));
        var raw = new RawHttp2(server, PROJECT.identity("site-1")).greet()) {
      raw.begin(1, FederationGrpc.getStoreMethod().getFullMethodName());
      var announced =
          StoreRequest.newBuilder()
              .setFile(
                  FileReference.newBuilder()
                      .setHash(TaskCodec.toWire(ModelWriter.hash(file)))
                      .setSizeBytes(100_000)
                      .setTask(TaskCodec.toWire(RunningServer.TASK)))
              .build()
              .toByteArray();
      raw.data(1, RawHttp2.message(announced.length, announced), false);
      var chunk =
          StoreRequest.newBuilder()
              .setData(ByteString.copyFrom(Files.readAllBytes(file)))
              .build()
              .toByteArray();
      var message = RawHttp2.message(chunk.length, chunk);
      long began = System.nanoTime();
      for (int at = 0; at < message.length; at += 2_000) {
        int end = Math.min(message.length, at + 2_000);
        raw.data(1, Arrays.copyOfRange(message, at, end), false);
        LockSupport.parkNanos(45_000_000);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(window.multipliedBy(4));
      var answer = raw.headers(raw.await(RawHttp2.HEADERS).orElseThrow());
      assertThat(answer.get("grpc-status")).isNull();
      var end = raw.headers(raw.await(RawHttp2.HEADERS).orElseThrow());
      assertThat(end.get("grpc-status")).hasToString("0");
      assertThat(server.recorded("TOO_SLOW")).isZero();
    }
  }

  @Test
  void memoryStaysFlatWhileCallsAreRefused() throws Exception {
    try (var server = server(Limits.standard())) {
      refuse(server, 500);
      long before = used();
      refuse(server, 3_000);
      assertThat(used() - before).isLessThan(2L << 20);
      assertThat(server.recorded("PERMISSION")).isEqualTo(CallRefusals.FIRST);
      assertThat(server.transport().liveCalls()).isZero();
      server.assertServes();
    }
  }

  private static void refuse(RunningServer server, int count) throws Exception {
    try (var person = SiteChannel.of(server, "lead@uni.org")) {
      var stub = FederationGrpc.newFutureStub(person.channel());
      var answers = new ArrayList<Future<?>>();
      for (int i = 0; i < count; i++) {
        answers.add(stub.deliver(DeliverRequest.getDefaultInstance()));
      }
      for (var answer : answers) {
        assertThatExceptionOfType(ExecutionException.class)
            .isThrownBy(() -> answer.get(20, TimeUnit.SECONDS))
            .withMessageContaining("PERMISSION_DENIED");
      }
    }
  }

  private static long used() {
    var runtime = Runtime.getRuntime();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least + PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
  }

  private RunningServer server(Limits limits) throws IOException {
    return new RunningServer(folder, Tls.ofThisMachine(), limits.build(), 1000);
  }
}
