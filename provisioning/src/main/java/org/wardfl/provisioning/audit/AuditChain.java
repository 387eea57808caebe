package org.wardfl.provisioning.audit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/// The lines of a log, read once from the beginning, one at a time in memory.
///
/// @param lines whole ones
/// @param begins SHA-256 of the first, or [#BEGINNING]
/// @param head SHA-256 of the last, or [#BEGINNING]
/// @param end where the last one ends, in bytes
/// @param torn bytes after it
/// @param fault the first line that does not follow on the one before it
record AuditChain(
    long lines,
    String begins,
    String head,
    long end,
    long torn,
    Optional<AuditVerdict.Broken> fault) {

  /// What the first line follows on.
  static final String BEGINNING = "0".repeat(64);

  // The fields that are written first and last; a quotation mark within a field is escaped.
  private static final Pattern LINE =
      Pattern.compile("\\{\"seq\":(0|[1-9][0-9]{0,17}),.*,\"prev\":\"([0-9a-f]{64})\"}");

  // A record is far shorter: ten fields of at most 500 characters, and a checkpoint.
  private static final int LONGEST = 64 << 10;

  /// What wants to see each whole line.
  interface Visitor {
    /// A line that follows on the one before it.
    ///
    /// @param count of the lines so far, this one included
    /// @param hash its SHA-256
    void line(long count, String hash, String line);
  }

  static AuditChain read(Path path) throws IOException {
    return read(path, (_, _, _) -> {});
  }

  static AuditChain read(Path path, Visitor visitor) throws IOException {
    long lines = 0;
    long end = 0;
    var begins = BEGINNING;
    var head = BEGINNING;
    Optional<AuditVerdict.Broken> fault = Optional.empty();
    var line = new ByteArrayOutputStream();
    try (var in = new BufferedInputStream(Files.newInputStream(path), 1 << 16)) {
      for (int b = in.read(); b >= 0; b = in.read()) {
        if (b != '\n') {
          line.write(b);
          if (line.size() > LONGEST) {
            throw new IOException(
                path.getFileName() + " is no audit log: line " + (lines + 1) + " has no end");
          }
          continue;
        }
        var bytes = line.toByteArray();
        line.reset();
        var text = new String(bytes, StandardCharsets.UTF_8);
        if (fault.isEmpty()) {
          fault = fault(lines, head, text);
        }
        head = hash(bytes, bytes.length);
        begins = lines == 0 ? head : begins;
        lines++;
        end += bytes.length + 1;
        if (fault.isEmpty()) {
          visitor.line(lines, head, text);
        }
      }
    }
    if (fault.isEmpty() && !isBeginning(line.toByteArray(), lines)) {
      fault =
          Optional.of(
              new AuditVerdict.Broken(
                  lines + 1, "this is no record, and no record that a crash cut off"));
    }
    return new AuditChain(lines, begins, head, end, line.size(), fault);
  }

  AuditVerdict verdict() {
    return fault
        .<AuditVerdict>map(broken -> broken)
        .orElseGet(() -> new AuditVerdict.Whole(lines, head, torn));
  }

  /// Whether these bytes may be what a crash left of a record: its beginning, then perhaps zeros
  /// where a file had grown but its content had not arrived.
  private static boolean isBeginning(byte[] bytes, long sequence) {
    int length = bytes.length;
    while (length > 0 && bytes[length - 1] == 0) {
      length--;
    }
    var start = "{\"seq\":" + sequence + ",\"time\":\"";
    var text = new String(bytes, 0, length, StandardCharsets.UTF_8);
    return (text.startsWith(start) || start.startsWith(text))
        && text.chars().noneMatch(c -> c < ' ');
  }

  private static Optional<AuditVerdict.Broken> fault(long before, String head, String line) {
    var parts = LINE.matcher(line);
    if (!parts.matches()) {
      return Optional.of(new AuditVerdict.Broken(before + 1, "this is no record"));
    }
    if (Long.parseLong(parts.group(1)) != before) {
      return Optional.of(
          new AuditVerdict.Broken(
              before + 1, "record " + parts.group(1) + ", expected record " + before));
    }
    if (!parts.group(2).equals(head)) {
      return Optional.of(
          new AuditVerdict.Broken(
              before + 1,
              "the line before had SHA-256 "
                  + parts.group(2)
                  + " when this one was written, now "
                  + head));
    }
    return Optional.empty();
  }

  static String hash(byte[] bytes, int length) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      digest.update(bytes, 0, length);
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
