package org.wardfl.server.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.wardfl.algo.model.Durability;
import org.wardfl.algo.model.ModelHash;

/// A process that appends events and takes uploads, and says what it acknowledged, until it is
/// killed. What it could not do it says, and tries again.
final class StoreMain {

  static final int STREAMS = 3;
  static final int FILE_BYTES = 200_000;
  private static final int UPLOAD_EVERY = 4;
  private static final int CHUNK = 50_000;

  private StoreMain() {}

  /// Appends and uploads.
  ///
  /// @param arguments the folder; after how many events it ends; how long the first file is
  public static void main(String... arguments) throws Exception {
    var folder = Path.of(arguments[0]);
    int last = Integer.parseInt(arguments[1]);
    int first = Integer.parseInt(arguments[2]);
    try (var events = events(folder)) {
      var blobs = blobs(folder);
      var uploads = uploads(folder, blobs);
      int next = 0;
      for (int i = 0; i < STREAMS; i++) {
        next += events.read(stream(i), 0).size();
      }
      System.out.println("ready " + next);
      for (int event = next; event < last; event++) {
        if (event % UPLOAD_EVERY == 0) {
          upload(uploads, event, first);
          System.out.println("file " + event);
        }
        append(events, event);
        System.out.println("event " + event);
      }
    }
  }

  private static void append(EventStore events, int event) throws Exception {
    while (true) {
      try {
        events.append(stream(event), event / STREAMS, 1, List.of(event(event)));
        return;
      } catch (IOException e) {
        System.out.println("failed " + e.getMessage());
        Thread.sleep(20);
      }
    }
  }

  private static void upload(Uploads uploads, int number, int first) throws Exception {
    while (true) {
      var content = content(number, first);
      try (var upload = uploads.open("site-1", hash(content), content.length)) {
        while (upload.offset() < content.length) {
          int at = (int) upload.offset();
          upload.append(ByteBuffer.wrap(content, at, Math.min(CHUNK, content.length - at)));
        }
        upload.complete();
        return;
      } catch (IOException e) {
        System.out.println("failed " + e.getMessage());
        Thread.sleep(20);
      }
    }
  }

  static EventStore events(Path folder) throws IOException {
    return SqliteEventStore.open(folder.resolve("journal.db"));
  }

  static BlobStore blobs(Path folder) throws IOException {
    return new BlobStore(folder.resolve("blobs"), Durability.DISK);
  }

  static Uploads uploads(Path folder, BlobStore blobs) throws IOException {
    return new Uploads(folder.resolve("uploads"), blobs, Long.MAX_VALUE / 2, Set::of);
  }

  static String stream(int event) {
    return "job-" + event % STREAMS;
  }

  static byte[] event(int event) {
    return ("event " + event + " ").repeat(1 + event % 11 * 200).getBytes(StandardCharsets.UTF_8);
  }

  /// @param first the length of the file with number 0
  static byte[] content(int number, int first) {
    var bytes = new byte[number == 0 ? first : FILE_BYTES + number];
    new Random(number).nextBytes(bytes);
    return bytes;
  }

  static ModelHash hash(byte[] content) throws Exception {
    return new ModelHash(
        HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content)));
  }
}
