import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.wardfl.certs.LeafProfile;
import org.wardfl.certs.Passphrase;
import org.wardfl.proto.channel.Tls;
import org.wardfl.provisioning.kit.ActiveKit;

/// The bare transfers of a round: a server and its clients in processes of their own, the same TLS,
/// chunks, hashes and writes as in the product, and nothing else. `bench/federation` calls it.
///
/// `serve FOLDER KIT PASSWORD PORT SECONDS` and `round FOLDER KIT PASSWORD PORT BYTES ROUNDS`, which fetches
/// and stores a file in each round.
public final class Transfer {

  private static final int CHUNK = 512 << 10;
  private static final int WINDOW = 2 << 20;
  private static final long FORCE_EVERY = 16L << 20;
  private static final MethodDescriptor.Marshaller<byte[]> BYTES = new MethodDescriptor.Marshaller<>() {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  };

  private static final MethodDescriptor<byte[], byte[]> FETCH = method("bench/Fetch", MethodType.SERVER_STREAMING);
  private static final MethodDescriptor<byte[], byte[]> STORE = method("bench/Store", MethodType.CLIENT_STREAMING);

  private Transfer() {}

  public static void main(String[] words) throws Exception {
    var folder = Path.of(words[1]);
    var server = words[0].equals("serve");
    var password = new Passphrase(java.nio.file.Files.readString(Path.of(words[3])).lines().findFirst().orElseThrow().strip());
    var kit = ActiveKit.open(Path.of(words[2]), password, InstantSource.system(),
        Set.of(server ? LeafProfile.SERVER : LeafProfile.SITE));
    int port = Integer.parseInt(words[4]);
    if (server) {
      serve(folder, kit, port, Integer.parseInt(words[5]));
    } else {
      rounds(folder, kit, port, Long.parseLong(words[5]), Integer.parseInt(words[6]));
    }
  }

  private static void serve(Path folder, ActiveKit kit, int port, int seconds) throws Exception {
    var threads = Executors.newFixedThreadPool(8);
    var service = ServerServiceDefinition.builder("bench")
        .addMethod(FETCH, ServerCalls.asyncServerStreamingCall((size, out) -> send(size, out, threads)))
        .addMethod(STORE, ServerCalls.asyncClientStreamingCall(out -> new Receiver(folder, out)))
        .build();
    var server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
        .sslContext(Tls.ofThisMachine().server(kit.keys(), kit.peers()))
        .flowControlWindow(WINDOW)
        .maxInboundMessageSize(CHUNK + 1024)
        .executor(threads)
        .addService(service)
        .build()
        .start();
    System.out.println("ready: port " + server.getPort());
    server.awaitTermination(seconds, TimeUnit.SECONDS);
    server.shutdownNow();
    threads.shutdownNow();
  }

  /// Hashes what it sends, as a server does that verified the file once: not at all.
  private static void send(byte[] size, StreamObserver<byte[]> out, ExecutorService threads) {
    var call = (ServerCallStreamObserver<byte[]>) out;
    long bytes = ByteBuffer.wrap(size).getLong();
    var chunk = new byte[CHUNK];
    long[] sent = {0};
    call.setOnReadyHandler(() -> {
      while (call.isReady() && sent[0] < bytes) {
        call.onNext(chunk);
        sent[0] += CHUNK;
        if (sent[0] >= bytes) {
          call.onCompleted();
        }
      }
    });
  }

  /// Hashes and writes what comes; durable before it answers.
  private static final class Receiver implements StreamObserver<byte[]> {
    private final StreamObserver<byte[]> out;
    private final FileChannel file;
    private final MessageDigest digest;
    private long written;
    private long unforced;

    Receiver(Path folder, StreamObserver<byte[]> out) {
      this.out = out;
      try {
        digest = MessageDigest.getInstance("SHA-256");
        file = FileChannel.open(
            java.nio.file.Files.createTempFile(folder, "transfer", ""), StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void onNext(byte[] chunk) {
      try {
        digest.update(chunk);
        written += file.write(ByteBuffer.wrap(chunk), written);
        unforced += chunk.length;
        if (unforced >= FORCE_EVERY) {
          unforced = 0;
          Thread.startVirtualThread(this::force);
        }
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    private void force() {
      try {
        file.force(false);
      } catch (IOException _) {
        // Closed in the meantime.
      }
    }

    @Override
    public void onError(Throwable failure) {
      failure.printStackTrace();
    }

    @Override
    public void onCompleted() {
      try (file) {
        file.force(true);
        out.onNext(digest.digest());
        out.onCompleted();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static void rounds(Path folder, ActiveKit kit, int port, long bytes, int rounds) throws Exception {
    ManagedChannel channel = NettyChannelBuilder.forAddress("localhost", port)
        .sslContext(Tls.ofThisMachine().client(kit.keys(), kit.peers()))
        .flowControlWindow(WINDOW)
        .maxInboundMessageSize(CHUNK + 1024)
        .disableRetry()
        .build();
    for (int round = 0; round < rounds; round++) {
      long start = System.nanoTime();
      var fetched = new CountDownLatch(1);
      var receiver = new Receiver(folder, new StreamObserver<>() {
        @Override public void onNext(byte[] value) {}
        @Override public void onError(Throwable failure) { failure.printStackTrace(); }
        @Override public void onCompleted() { fetched.countDown(); }
      });
      ClientCalls.asyncServerStreamingCall(channel.newCall(FETCH, CallOptions.DEFAULT),
          ByteBuffer.allocate(8).putLong(bytes).array(), receiver);
      fetched.await();
      var stored = new CountDownLatch(1);
      var call = ClientCalls.asyncClientStreamingCall(channel.newCall(STORE, CallOptions.DEFAULT),
          new io.grpc.stub.ClientResponseObserver<byte[], byte[]>() {
            @Override public void beforeStart(io.grpc.stub.ClientCallStreamObserver<byte[]> out) {
              var chunk = new byte[CHUNK];
              long[] sent = {0};
              out.setOnReadyHandler(() -> {
                while (out.isReady() && sent[0] < bytes) {
                  out.onNext(chunk);
                  sent[0] += CHUNK;
                  if (sent[0] >= bytes) {
                    out.onCompleted();
                  }
                }
              });
            }
            @Override public void onNext(byte[] hash) {}
            @Override public void onError(Throwable failure) { failure.printStackTrace(); }
            @Override public void onCompleted() { stored.countDown(); }
          });
      stored.await();
      System.out.printf("transfers: %.3f s%n", (System.nanoTime() - start) / 1e9);
    }
    channel.shutdownNow();
  }

  private static MethodDescriptor<byte[], byte[]> method(String name, MethodType type) {
    return MethodDescriptor.<byte[], byte[]>newBuilder()
        .setFullMethodName(name)
        .setType(type)
        .setRequestMarshaller(BYTES)
        .setResponseMarshaller(BYTES)
        .build();
  }
}
