package org.wardfl.provisioning.audit;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardfl.certs.CertifiedName;

/// One JSON record a line, each with the SHA-256 of the line before, so that a changed, missing or
/// exchanged line shows.
///
/// What is granted is durable when the method returns; what is refused is written at once and
/// durable soon, so that a flood of refusals costs no more than writing. Thread-safe.
public final class AuditLog implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
  private static final int LONGEST = 500;
  private static final int PART = 100;

  // No FileChannel: an interrupted caller would close it for everybody.
  private final RandomAccessFile file;
  private final InstantSource clock;
  private long sequence;
  private String previous;

  private AuditLog(RandomAccessFile file, InstantSource clock, long sequence, String previous) {
    this.file = file;
    this.clock = clock;
    this.sequence = sequence;
    this.previous = previous;
  }

  /// Opens the log and goes on after its last whole line; what a crash left of a line is cut off.
  ///
  /// @throws IOException if it cannot be read or written
  public static AuditLog open(Path path, InstantSource clock) throws IOException {
    var file = new RandomAccessFile(path.toFile(), "rw");
    try {
      var chain = AuditChain.read(path);
      file.setLength(chain.end());
      file.seek(chain.end());
      return new AuditLog(file, clock, chain.lines(), chain.head());
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  /// Looks whether the log is as it was written. What is after its last whole line was not finished
  /// by a crash and does not count.
  ///
  /// The last line has none after it that would tell: compare [AuditVerdict.Whole#head] with one
  /// that was noted elsewhere.
  ///
  /// @throws IOException if it cannot be read
  public static AuditVerdict verify(Path path) throws IOException {
    var chain = AuditChain.read(path);
    return chain
        .fault()
        .<AuditVerdict>map(broken -> broken)
        .orElseGet(() -> new AuditVerdict.Whole(chain.lines(), chain.head(), chain.torn()));
  }

  /// Something was refused. A record that cannot be written is told in the process's own log: it is
  /// refused in any case.
  ///
  /// @param actor the certified name, or `unknown`
  /// @param action what was tried
  /// @param object on what; empty if that is in the action
  /// @param reason one word
  /// @param detail why, in a sentence
  public void refused(String actor, String action, String object, String reason, String detail) {
    try {
      append(actor, action, object, "refused: " + reason, detail, false);
    } catch (IOException e) {
      LOG.atError()
          .addKeyValue("actor", actor)
          .addKeyValue("action", action)
          .addKeyValue("reason", reason)
          .setCause(e)
          .log("the audit log cannot be written");
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
    var record =
        "{\"seq\":"
            + sequence
            + field("time", clock.instant().toString())
            + field("actor", actor)
            + field("action", action)
            + field("object", object)
            + field("result", result)
            + field("detail", detail)
            + field("prev", previous)
            + "}\n";
    var line = record.getBytes(StandardCharsets.UTF_8);
    long start = file.getFilePointer();
    try {
      file.write(line);
      if (durable) {
        file.getFD().sync();
      }
    } catch (IOException e) {
      file.setLength(start);
      throw e;
    }
    sequence++;
    previous = AuditChain.hash(line, line.length - 1);
  }

  /// What is visible of a text, as a field of a JSON object: only two of the visible characters
  /// need a backslash there.
  private static String field(String name, String text) {
    var shown = visible(text).replace("\\", "\\\\").replace("\"", "\\\"");
    return ",\"" + name + "\":\"" + shown + "\"";
  }

  private static String visible(String text) {
    var shown = new StringBuilder();
    int end = text.offsetByCodePoints(0, Math.min(LONGEST, text.codePointCount(0, text.length())));
    for (int from = 0; from < end; ) {
      // Made visible part by part: what is shown of one name is cut short.
      int to = text.offsetByCodePoints(from, Math.min(PART, text.codePointCount(from, end)));
      shown.append(CertifiedName.visible(text.substring(from, to)));
      from = to;
    }
    return shown.toString();
  }

  @Override
  public synchronized void close() throws IOException {
    try {
      file.getFD().sync();
    } finally {
      file.close();
    }
  }
}
