import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.wardfl.algo.model.Durability;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.server.store.BlobStore;
import org.wardfl.server.store.SqliteEventStore;
import org.wardfl.server.store.Uploads;

/// The benchmark of the server's stores; `bench/store` calls it.
public final class Store {

  private static final int CHUNK = 512 << 10;
  private static final int EVENT = 400;

  private Store() {}

  public static void main(String[] words) throws Exception {
    var folder = Path.of(words[1]);
    switch (words[0]) {
      case "events" -> events(folder, Integer.parseInt(words[2]));
      case "upload" -> upload(folder, Integer.parseInt(words[2]));
      default -> throw new IllegalArgumentException(words[0]);
    }
  }

  /// One event a time, each durable before the next; then the start of a process over all of them.
  private static void events(Path folder, int count) throws Exception {
    var file = folder.resolve("journal.db");
    var event = new byte[EVENT];
    new Random(1).nextBytes(event);
    try (var journal = SqliteEventStore.open(file)) {
      long start = System.nanoTime();
      for (int i = 0; i < count; i++) {
        journal.append("job-" + i % 8, i / 8, 1, List.of(event));
      }
      System.out.printf("journal: %.0f durable events of %d bytes a second%n", count / seconds(start), EVENT);
    }
    long start = System.nanoTime();
    SqliteEventStore.open(file).close();
    System.out.printf("journal: %d events opened and checked in %.3f s%n", count, seconds(start));
    System.out.println("journal: " + peak());
  }

  private static void upload(Path folder, int mebibytes) throws Exception {
    var blobs = new BlobStore(folder.resolve("blobs"), Durability.DISK);
    var uploads = new Uploads(folder.resolve("uploads"), blobs, Long.MAX_VALUE / 2, Set::of);
    var chunk = new byte[CHUNK];
    new Random(2).nextBytes(chunk);
    long size = (long) mebibytes << 20;
    for (int run = 0; run < 4; run++) {
      chunk[0] = (byte) run;
      var hash = hash(chunk, size);
      long start = System.nanoTime();
      long written;
      try (var upload = uploads.open("site-1", hash, size)) {
        while (upload.offset() < size) {
          upload.append(ByteBuffer.wrap(chunk));
        }
        written = System.nanoTime();
        upload.complete();
      }
      System.out.printf(
          "upload %d: %d MiB hashed, written and forced: %.0f MB/s, of it %.2f s at the end%n",
          run, mebibytes, size / 1e6 / seconds(start), seconds(written));
      start = System.nanoTime();
      new BlobStore(folder.resolve("blobs"), Durability.DISK).require(hash);
      System.out.printf("upload %d: hashed at the first reading after a start: %.2f s%n", run, seconds(start));
      blobs.retain(Set.of());
    }
    System.out.println("upload: " + peak());
  }

  private static ModelHash hash(byte[] chunk, long size) throws Exception {
    var digest = MessageDigest.getInstance("SHA-256");
    for (long at = 0; at < size; at += chunk.length) {
      digest.update(chunk);
    }
    return new ModelHash(HexFormat.of().formatHex(digest.digest()));
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private static String peak() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmHWM"))
        .findFirst()
        .orElse("VmHWM unknown")
        .replaceAll("\\s+", " ");
  }
}
