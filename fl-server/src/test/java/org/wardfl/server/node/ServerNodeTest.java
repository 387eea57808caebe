package org.wardfl.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.certs.IdentityKeyManager;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.job.PackageReference;
import org.wardfl.proto.task.TaskCodec;
import org.wardfl.proto.wire.AdministrationGrpc;
import org.wardfl.proto.wire.EnrollmentGrpc;
import org.wardfl.proto.wire.FederationGrpc;
import org.wardfl.provisioning.site.ServerFile;
import org.wardfl.server.result.RunRecord;
import org.wardfl.server.service.ProvisionedProject;
import org.wardfl.server.service.SiteChannel;
import org.wardfl.server.transport.TransportLimits;

class ServerNodeTest {

  private static final ProvisionedProject PROJECT = ProvisionedProject.get();

  @TempDir private Path folder;

  /// A service that has lines in the method table and no code behind it is a promise not kept.
  @Test
  void everyMethodOfTheWireHasCodeBehindIt() throws Exception {
    try (var node = start(ProvisionedProject.NOW)) {
      var site = channel(node, "site-1");
      var admin = channel(node, "admin@uni.org");
      try {
        for (var method : methods()) {
          var statuses = List.of(call(site, method), call(admin, method));
          assertThat(statuses)
              .as(method.getFullMethodName())
              .doesNotContain(Status.Code.UNIMPLEMENTED);
          assertThat(statuses)
              .as(method.getFullMethodName() + " is somebody's")
              .anyMatch(status -> status != Status.Code.PERMISSION_DENIED);
        }
      } finally {
        site.shutdownNow();
        admin.shutdownNow();
      }
    }
  }

  @Test
  void noJobIsTakenOnceTheRevocationListsAreOverdue() throws Exception {
    var due = PROJECT.trust().freshUntil();
    assertThat(submitted(due.minusSeconds(1))).isNotEqualTo(Reason.JOB_REFUSED);
    assertThat(submitted(due)).isEqualTo(Reason.JOB_REFUSED);
  }

  private Reason submitted(Instant now) throws Exception {
    try (var node = start(now)) {
      var lead = channel(node, "lead@uni.org");
      try {
        var stub = AdministrationGrpc.newBlockingStub(lead);
        var unknown =
            TaskCodec.toWire(new PackageReference(new ModelHash("0123456789abcdef".repeat(4)), 9));
        return SiteChannel.failing(() -> stub.submit(unknown)).refusal().reason();
      } finally {
        lead.shutdownNow();
      }
    }
  }

  private ServerNode start(Instant now) throws Exception {
    InstantSource clock = () -> now;
    var limits = new ServerFile.Limits(1000, 1000, 1 << 20);
    var kept = Duration.ofDays(1);
    return ServerNode.start(
        new ServerNode.Setup(
            PROJECT.activate("fl.example.org", folder.resolve("kit-" + now), clock),
            new ServerFile("127.0.0.1", 0, limits, Map.of(), 100, kept, kept),
            folder.resolve("data-" + now),
            TransportLimits.STANDARD,
            RunRecord.Environment.here("test")),
        clock);
  }

  private static List<MethodDescriptor<?, ?>> methods() {
    return Stream.of(
            FederationGrpc.getServiceDescriptor(),
            AdministrationGrpc.getServiceDescriptor(),
            EnrollmentGrpc.getServiceDescriptor())
        .flatMap(service -> service.getMethods().stream())
        .<MethodDescriptor<?, ?>>map(method -> method)
        .toList();
  }

  private static ManagedChannel channel(ServerNode node, String name) throws Exception {
    var identity = new IdentityKeyManager(PROJECT.identity(name));
    return NettyChannelBuilder.forAddress("127.0.0.1", node.port())
        .sslContext(node.tls().client(identity, SiteChannel.trust()))
        .build();
  }

  /// Sends an empty message.
  ///
  /// @return how the call ended, or OK if it lasts
  private static Status.Code call(Channel channel, MethodDescriptor<?, ?> method) throws Exception {
    var bytes = new Bytes();
    var call =
        channel.newCall(
            MethodDescriptor.<byte[], byte[]>newBuilder(bytes, bytes)
                .setFullMethodName(method.getFullMethodName())
                .setType(method.getType())
                .build(),
            CallOptions.DEFAULT);
    var end = new CompletableFuture<Status.Code>();
    call.start(
        new ClientCall.Listener<byte[]>() {
          @Override
          public void onMessage(byte[] message) {
            end.complete(Status.Code.OK);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            end.complete(status.getCode());
          }
        },
        new Metadata());
    call.request(1);
    call.sendMessage(new byte[0]);
    call.halfClose();
    return end.get(10, TimeUnit.SECONDS);
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
