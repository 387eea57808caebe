package org.wardfl.server.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.wardfl.server.service.SiteChannel.failing;

import com.google.protobuf.ByteString;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.BlockingClientCall;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.proto.channel.Protocol;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.channel.Refusal;
import org.wardfl.proto.channel.Tls;
import org.wardfl.proto.task.TaskCodec;
import org.wardfl.proto.wire.FetchRequest;
import org.wardfl.proto.wire.FileReference;
import org.wardfl.proto.wire.StoreReply;
import org.wardfl.proto.wire.StoreRequest;

/// Files up and down, cut anywhere, and senders that do not do what they announce.
class TransferTest {

  private static final String NAME = "ward://chest_ct/site/site-1";
  private static final int LARGE = 64 << 20;

  @TempDir private Path folder;

  private RunningServer server(Limits limits, int packageBytes) throws IOException {
    return new RunningServer(folder, Tls.ofThisMachine(), limits.build(), packageBytes);
  }

  private static FileReference reference(ModelHash hash, long size) {
    return FileReference.newBuilder()
        .setHash(TaskCodec.toWire(hash))
        .setSizeBytes(size)
        .setTask(TaskCodec.toWire(RunningServer.TASK))
        .build();
  }

  @ParameterizedTest
  @EnumSource(Tls.class)
  void anUploadThatIsCutAnywhereGoesOnWhereItWasCut(Tls tls) throws Exception {
    var file = RunningServer.randomFile(folder.resolve("update"), LARGE);
    var hash = ModelWriter.hash(file);
    var random = new Random(7);
    try (var server = new RunningServer(folder, tls)) {
      long stored = 0;
      for (int i = 0; i < 6; i++) {
        long until = stored + 1 + random.nextLong((LARGE - stored) / 2);
        try (var site = SiteChannel.of(server, "site-1")) {
          var upload = Upload.again(site, reference(hash, LARGE));
          assertThat(upload.offset()).isGreaterThanOrEqualTo(stored);
          upload.send(file, until);
          site.cut();
        }
        stored = stored(server, reference(hash, LARGE));
        assertThat(stored).isLessThanOrEqualTo(until);
      }
      assertThat(stored).as("what the cuts left").isPositive();
      try (var site = SiteChannel.of(server, "site-1")) {
        var upload = Upload.begin(site, reference(hash, LARGE));
        assertThat(upload.offset()).isEqualTo(stored);
        upload.send(file, LARGE);
        assertThat(upload.read().getComplete()).isTrue();
        upload.call.halfClose();
        assertThat(upload.call.read()).isNull();
        // Once more, nothing is sent.
        assertThat(Upload.begin(site, reference(hash, LARGE)).complete()).isTrue();
        var status = site.blocking().stat(reference(hash, LARGE));
        assertThat(status.getComplete()).isTrue();
      }
      assertThat(Files.mismatch(server.coordinator().fetch(hash), file)).isEqualTo(-1);
      server.assertServes();
    }
  }

  private static long stored(RunningServer server, FileReference file) throws Exception {
    try (var site = SiteChannel.of(server, "site-1")) {
      return patiently(() -> site.blocking().stat(file)).getOffset();
    }
  }

  private static <T> T patiently(Callable<T> attempt) throws Exception {
    long deadline = System.nanoTime() + RunningServer.PATIENCE.toNanos();
    while (true) {
      try {
        return attempt.call();
      } catch (StatusException | StatusRuntimeException e) {
        boolean busy = Refusal.of(e).filter(it -> it.reason() == Reason.BUSY).isPresent();
        if (!busy || System.nanoTime() > deadline) {
          throw e;
        }
        LockSupport.parkNanos(2_000_000);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Tls.class)
  void aDownloadThatIsCutAnywhereGoesOnWhereItWasCut(Tls tls) throws Exception {
    var random = new Random(7);
    var part = folder.resolve("part");
    try (var server = new RunningServer(folder, tls, Limits.standard().build(), LARGE);
        var file = FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      for (int i = 0; i < 6; i++) {
        long until = file.size() + 1 + random.nextLong((LARGE - file.size()) / 2);
        try (var site = SiteChannel.of(server, "site-2")) {
          download(server, site, file, until);
          site.cut();
        }
        file.truncate(until);
      }
      try (var site = SiteChannel.of(server, "site-2")) {
        download(server, site, file, Long.MAX_VALUE);
        assertThat(Files.mismatch(part, server.packageFile())).isEqualTo(-1);
        // From its end, there is nothing but the size.
        assertThat(download(server, site, file, Long.MAX_VALUE)).isEqualTo(LARGE);
      }
      RunningServer.await(() -> server.transport().liveCalls() == 0, () -> "no calls");
    }
  }

  private static long download(RunningServer server, SiteChannel site, FileChannel file, long until)
      throws IOException {
    var chunks =
        site.blocking()
            .fetch(
                FetchRequest.newBuilder()
                    .setHash(TaskCodec.toWire(server.jobPackage()))
                    .setOffset(file.size())
                    .build());
    long size = chunks.hasNext() ? append(file, chunks.next()) : 0;
    while (file.size() < until && chunks.hasNext()) {
      append(file, chunks.next());
    }
    return size;
  }

  private static long append(FileChannel file, org.wardfl.proto.wire.Chunk chunk)
      throws IOException {
    assertThat(chunk.getData().size()).isLessThanOrEqualTo(Protocol.MAX_CHUNK_BYTES);
    for (var bytes : chunk.getData().asReadOnlyByteBufferList()) {
      while (bytes.hasRemaining()) {
        file.write(bytes, file.size());
      }
    }
    return chunk.getSizeBytes();
  }

  @Test
  void bytesOfAnotherHashAreThrownAway() throws Exception {
    var file = RunningServer.randomFile(folder.resolve("update"), 100_000);
    var announced = new ModelHash("ab".repeat(32));
    try (var server = server(Limits.standard(), 1000);
        var site = SiteChannel.of(server, "site-1")) {
      var upload = Upload.begin(site, reference(announced, 100_000));
      upload.send(file, 100_000);
      assertThat(failing(upload::read).is(Reason.HASH_MISMATCH)).isTrue();
      server.assertRecorded(NAME, "HASH_MISMATCH", ", abababab");
      var status = site.blocking().stat(reference(announced, 100_000));
      assertThat(status.getComplete()).isFalse();
      assertThat(status.getOffset()).isZero();
      server.assertServes();
    }
  }

  @Test
  void moreAndFewerBytesThanAnnouncedAreRefused() throws Exception {
    var file = RunningServer.randomFile(folder.resolve("update"), 100_000);
    var hash = ModelWriter.hash(file);
    try (var server = server(Limits.standard(), 1000);
        var site = SiteChannel.of(server, "site-1")) {
      var more = Upload.begin(site, reference(hash, 50_000));
      more.send(file, 50_001);
      assertThat(failing(more::read).is(Reason.MALFORMED)).isTrue();
      server.assertRecorded(NAME, "MALFORMED", "a chunk of 50001 bytes after 0 of 50000");
      var fewer = Upload.begin(site, reference(hash, 100_000));
      fewer.send(file, 99_999);
      fewer.call.halfClose();
      assertThat(failing(fewer::read).is(Reason.MALFORMED)).isTrue();
      server.assertRecorded(NAME, "MALFORMED", "the file ended after 99999 bytes");
      server.assertServes();
    }
  }

  @Test
  void messagesOutOfOrderAreRefused() throws Exception {
    var hash = new ModelHash("ab".repeat(32));
    var data = StoreRequest.newBuilder().setData(ByteString.copyFromUtf8("x")).build();
    var empty = StoreRequest.newBuilder().setData(ByteString.EMPTY).build();
    var large =
        StoreRequest.newBuilder()
            .setData(ByteString.copyFrom(new byte[Protocol.MAX_CHUNK_BYTES + 1]))
            .build();
    try (var server = server(Limits.standard(), 1000);
        var site = SiteChannel.of(server, "site-1")) {
      var early = site.streaming().store();
      early.write(data);
      assertThat(failing(() -> early.read()).is(Reason.MALFORMED)).isTrue();
      server.assertRecorded(NAME, "MALFORMED", "bytes before the file was announced");
      for (var wrong :
          new StoreRequest[] {
            empty,
            large,
            StoreRequest.getDefaultInstance(),
            StoreRequest.newBuilder().setFile(reference(hash, 9)).build()
          }) {
        var upload = Upload.begin(site, reference(hash, 4 << 20));
        upload.call.write(wrong);
        assertThat(failing(upload::read).is(Reason.MALFORMED)).isTrue();
      }
      server.assertServes();
    }
  }

  @Test
  void sizesThatCannotBeAreRefused() throws Exception {
    var hash = new ModelHash("ab".repeat(32));
    try (var server = server(Limits.standard(), 1000);
        var site = SiteChannel.of(server, "site-1")) {
      for (long size : new long[] {0, -1, Long.MIN_VALUE, (256L << 20) + 1, Long.MAX_VALUE}) {
        assertThat(failing(() -> site.blocking().stat(reference(hash, size))).is(Reason.MALFORMED))
            .isTrue();
      }
      for (long offset : new long[] {-1, 1001, Long.MAX_VALUE, Long.MIN_VALUE}) {
        var request =
            FetchRequest.newBuilder()
                .setHash(TaskCodec.toWire(server.jobPackage()))
                .setOffset(offset)
                .build();
        var outcome = failing(() -> site.blocking().fetch(request).next());
        assertThat(outcome.is(Reason.MALFORMED)).isTrue();
      }
      server.assertRecorded(NAME, "MALFORMED", "offset 1001 of a file with 1000 bytes");
      server.assertServes();
    }
  }

  @Test
  void aFileThatNobodyWaitsForIsNotTakenAndOneOfOthersNotGiven() throws Exception {
    var hash = new ModelHash("ab".repeat(32));
    try (var server = server(Limits.standard(), 1000);
        var site = SiteChannel.of(server, "site-1");
        var lead = SiteChannel.of(server, "lead@uni.org")) {
      var later =
          reference(hash, 10).toBuilder()
              .setTask(TaskCodec.toWire(RunningServer.TASK).toBuilder().setRound(9))
              .build();
      assertThat(failing(() -> site.blocking().stat(later)).is(Reason.OBSOLETE)).isTrue();
      var job = FileReference.newBuilder(later).setJob(RunningServer.TASK.job().value()).build();
      assertThat(failing(() -> site.blocking().stat(job)).is(Reason.PERMISSION)).isTrue();
      assertThat(failing(() -> site.fetch(hash)).is(Reason.NOT_FOUND)).isTrue();
      // It is there, but a package is for sites.
      assertThat(failing(() -> lead.fetch(server.jobPackage())).is(Reason.NOT_FOUND)).isTrue();
      server.assertServes();
    }
  }

  @Test
  void noMoreFilesAtOnceThanAllowedAndARefusedOneTakesNoPlace() throws Exception {
    try (var server = server(Limits.standard(), 1000);
        var site = SiteChannel.of(server, "site-1")) {
      var open = new ArrayList<Upload>();
      for (int i = 0; i < 8; i++) {
        var hash = new ModelHash(Integer.toHexString(i).repeat(64));
        open.add(Upload.begin(site, reference(hash, 100)));
      }
      for (int i = 0; i < 3; i++) {
        var ninth = site.streaming().store();
        var file = reference(new ModelHash("ab".repeat(32)), 100);
        ninth.write(StoreRequest.newBuilder().setFile(file).build());
        assertThat(failing(() -> ninth.read()).is(Reason.BUSY)).isTrue();
      }
      server.assertRecorded(NAME, "BUSY", "more than 8 files at once");
      server.assertServes();
      open.getFirst().call.cancel("enough", null);
      Upload.again(site, reference(new ModelHash("ab".repeat(32)), 100));
    }
  }

  @Test
  void aSenderDoesNotKeepAPlaceAfterTheEnd() throws Exception {
    var file = RunningServer.randomFile(folder.resolve("update"), 10_000);
    var hash = ModelWriter.hash(file);
    var limits = Limits.standard().slowest(100, Duration.ofMillis(100));
    try (var server = server(limits, 1000);
        var site = SiteChannel.of(server, "site-1")) {
      var upload = Upload.begin(site, reference(hash, 10_000));
      upload.send(file, 10_000);
      assertThat(upload.read().getComplete()).isTrue();
      assertThat(upload.call.read()).as("the server ends the call").isNull();
      RunningServer.await(() -> server.transport().liveCalls() == 0, () -> "no calls");
      var eager = Upload.begin(site, reference(hash, 10_000));
      assertThat(eager.complete()).isTrue();
      eager.call.write(StoreRequest.newBuilder().setData(ByteString.copyFromUtf8("more")).build());
      assertThat(failing(eager::read).is(Reason.MALFORMED)).isTrue();
      server.assertServes();
    }
  }

  @Test
  void nobodyHasMoreUnderWayThanTheQuota() throws Exception {
    try (var server = server(Limits.standard(), 1000);
        var site = SiteChannel.of(server, "site-1")) {
      for (int i = 0; i < 4; i++) {
        var hash = new ModelHash(Integer.toHexString(i).repeat(64));
        Upload.begin(site, reference(hash, 256L << 20));
      }
      var hash = new ModelHash("ab".repeat(32));
      assertThat(failing(() -> Upload.begin(site, reference(hash, 1))).is(Reason.QUOTA)).isTrue();
      server.assertRecorded(NAME, "QUOTA", "1073807360 bytes under way or unused");
      server.assertServes();
    }
  }

  @Test
  void anUploadOfAFewBytesASecondIsEndedAndKeepsWhatCame() throws Exception {
    var file = RunningServer.randomFile(folder.resolve("update"), 10_000);
    var hash = ModelWriter.hash(file);
    var limits = Limits.standard().slowest(100, Duration.ofMillis(150));
    try (var server = server(limits, 1000);
        var site = SiteChannel.of(server, "site-1")) {
      var upload = Upload.begin(site, reference(hash, 10_000));
      var outcome =
          failing(() -> {
            for (long at = 1; !upload.hearsWithin(Duration.ofMillis(20)); at++) {
              upload.send(file, at);
            }
          });
      assertThat(outcome.is(Reason.TOO_SLOW)).isTrue();
      server.assertRecorded(NAME, "TOO_SLOW", "expected at least 100");
      assertThat(site.blocking().stat(reference(hash, 10_000)).getOffset()).isPositive();
      server.assertServes();
    }
  }

  /// A sender, step by step.
  private static final class Upload {
    private final BlockingClientCall<StoreRequest, StoreReply> call;
    private final StoreReply first;
    private long at;

    private Upload(BlockingClientCall<StoreRequest, StoreReply> call, StoreReply first) {
      this.call = call;
      this.first = first;
      at = first.getOffset();
    }

    static Upload begin(SiteChannel site, FileReference file) throws Exception {
      var call = site.streaming().store();
      call.write(StoreRequest.newBuilder().setFile(file).build());
      return new Upload(call, call.read());
    }

    /// Begins as soon as the server has noticed the end of an earlier attempt.
    static Upload again(SiteChannel site, FileReference file) throws Exception {
      return patiently(() -> begin(site, file));
    }

    long offset() {
      return first.getOffset();
    }

    boolean complete() {
      return first.getComplete();
    }

    /// Sends up to this byte.
    void send(Path file, long until) throws Exception {
      try (var in = FileChannel.open(file, StandardOpenOption.READ)) {
        while (at < until) {
          var bytes = ByteBuffer.allocate((int) Math.min(Protocol.CHUNK_BYTES, until - at));
          in.read(bytes, at);
          at += bytes.position();
          if (!call.write(
              StoreRequest.newBuilder().setData(ByteString.copyFrom(bytes.flip())).build())) {
            return;
          }
        }
      }
    }

    boolean hearsWithin(Duration wait) throws StatusException, InterruptedException {
      try {
        return call.read(wait.toMillis(), TimeUnit.MILLISECONDS) != null;
      } catch (TimeoutException _) {
        return false;
      }
    }

    StoreReply read() throws StatusException, InterruptedException {
      var reply = call.read();
      if (reply == null) {
        throw new AssertionError("the call ended without a reason");
      }
      return reply;
    }
  }
}
