package org.wardfl.server.audit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import org.wardfl.certs.CertifiedName;
import org.wardfl.proto.channel.Refusal;
import org.wardfl.proto.json.Json;

/// One JSON record a line, each with the SHA-256 of the line before, so that a changed, missing or
/// exchanged line shows.
///
/// What is granted is durable when the method returns; what is refused is written at once and
/// durable soon, so that a flood of refusals costs no more than writing. Thread-safe.
public final class AuditLog implements AutoCloseable {

  private static final String BEGINNING = "0".repeat(64);
  private static final int LONGEST = 500;

  private final FileChannel file;
  private final InstantSource clock;
  private long sequence;
  private String previous;

  private AuditLog(FileChannel file, InstantSource clock, long sequence, String previous) {
    this.file = file;
    this.clock = clock;
    this.sequence = sequence;
    this.previous = previous;
  }

  /// Opens the log and goes on after its last whole line; what a crash left of a line is cut off.
  ///
  /// @throws IOException if it cannot be read or written
  public static AuditLog open(Path path, InstantSource clock) throws IOException {
    long sequence = 0;
    long end = 0;
    var previous = BEGINNING;
    if (Files.exists(path)) {
      var bytes = Files.readAllBytes(path);
      int from = 0;
      for (int i = 0; i < bytes.length; i++) {
        if (bytes[i] == '\n') {
          previous = hash(bytes, from, i - from);
          sequence++;
          from = i + 1;
        }
      }
      end = from;
    }
    var file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    file.truncate(end);
    file.position(end);
    return new AuditLog(file, clock, sequence, previous);
  }

  /// A call was refused.
  ///
  /// @param actor the certified name, or `unknown`
  /// @param action what was tried
  public void refused(String actor, String action, Refusal refusal) {
    try {
      append(actor, action, "", "refused: " + refusal.reason(), refusal.message(), false);
    } catch (IOException e) {
      // The call is refused in any case.
      throw new UncheckedIOException("the audit log cannot be written", e);
    }
  }

  /// Something was done, or will be done once this returns.
  ///
  /// @param actor the certified name
  /// @param action what
  /// @param object on what: a job, a site, a hash
  /// @throws IOException if the record is not durable; then it must not be done
  public void done(String actor, String action, String object, String detail) throws IOException {
    append(actor, action, object, "done", detail, true);
  }

  private synchronized void append(
      String actor, String action, String object, String result, String detail, boolean durable)
      throws IOException {
    var record = new LinkedHashMap<String, Object>();
    record.put("seq", sequence);
    record.put("time", clock.instant());
    record.put("actor", field(actor));
    record.put("action", field(action));
    record.put("object", field(object));
    record.put("result", field(result));
    record.put("detail", field(detail));
    record.put("prev", previous);
    var line = Json.line(record).getBytes(StandardCharsets.UTF_8);
    var bytes = ByteBuffer.allocate(line.length + 1).put(line).put((byte) '\n').flip();
    long start = file.position();
    try {
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
      if (durable) {
        file.force(false);
      }
    } catch (IOException e) {
      file.truncate(start);
      throw e;
    }
    sequence++;
    previous = hash(line, 0, line.length);
  }

  private static String field(String text) {
    return CertifiedName.visible(text.length() > LONGEST ? text.substring(0, LONGEST) : text);
  }

  private static String hash(byte[] bytes, int from, int length) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      digest.update(bytes, from, length);
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  @Override
  public void close() throws IOException {
    file.force(false);
    file.close();
  }
}
