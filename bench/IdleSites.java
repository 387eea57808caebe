import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.wardfl.certs.LeafProfile;
import org.wardfl.certs.Passphrase;
import org.wardfl.client.link.Endpoint;
import org.wardfl.client.link.GrpcLink;
import org.wardfl.client.link.ServerChannel;
import org.wardfl.proto.channel.Tls;
import org.wardfl.provisioning.kit.ActiveKit;

/// Many sites in one process, each with its own kit, TLS connection and session, and nothing to do.
///
/// `IdleSites OUT COUNT` opens the kits, connects on the first line of input, and prints how many are connected
/// whenever that changes; ends with the input. `bench/federation` calls it.
public final class IdleSites {

  private IdleSites() {}

  public static void main(String[] words) throws Exception {
    var out = Path.of(words[0]);
    int count = Integer.parseInt(words[1]);
    List<ActiveKit> kits;
    try (var threads = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
      var opened = IntStream.rangeClosed(1, count).mapToObj(i -> threads.submit(() -> open(out, "site-" + i))).toList();
      kits = opened.stream().map(kit -> { try { return kit.get(); } catch (Exception e) { throw new IllegalStateException(e); } }).toList();
    }
    System.out.println("opened " + count);
    System.in.read();
    var work = Files.createTempDirectory("idle");
    var links = kits.stream().map(kit -> link(kit, work)).toList();
    links.forEach(GrpcLink::connect);
    long last = -1;
    while (System.in.available() == 0) {
      long connected = links.stream().filter(GrpcLink::isConnected).count();
      if (connected != last) {
        System.out.println("connected " + connected + " " + System.currentTimeMillis());
        last = connected;
      }
      Thread.sleep(20);
    }
    Runtime.getRuntime().halt(0);
  }

  private static ActiveKit open(Path out, String name) throws Exception {
    var password = Files.readString(out.resolve("passwords").resolve(name + ".txt")).lines().findFirst().orElseThrow();
    return ActiveKit.open(out.resolve("kits").resolve(name), new Passphrase(password.strip()), InstantSource.system(), Set.of(LeafProfile.SITE));
  }

  private static GrpcLink link(ActiveKit kit, Path work) {
    try {
      var name = kit.kit().name();
      var endpoint = new Endpoint(name.server(), name.address().host(), name.address().port(), Optional.empty());
      var channel = new ServerChannel(endpoint, Tls.ofThisMachine(), kit.keys(), kit.peers());
      return new GrpcLink(channel, kit.keys(), UUID.randomUUID(), 1, "bench", Files.createDirectories(work.resolve(kit.identity().name().name())));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
