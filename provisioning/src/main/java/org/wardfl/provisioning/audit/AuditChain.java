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
/// @param head SHA-256 of the last, or [#BEGINNING]
/// @param end where the last one ends, in bytes
/// @param torn bytes after it
/// @param fault the first line that does not follow on the one before it
record AuditChain(
    long lines, String head, long end, long torn, Optional<AuditVerdict.Broken> fault) {

  /// What the first line follows on.
  static final String BEGINNING = "0".repeat(64);

  // The fields that are written first and last; a quotation mark within a field is escaped.
  private static final Pattern LINE =
      Pattern.compile("\\{\"seq\":(0|[1-9][0-9]{0,17}),.*,\"prev\":\"([0-9a-f]{64})\"}");

  // A record is far shorter: eight fields of at most 500 characters.
  private static final int LONGEST = 64 << 10;

  static AuditChain read(Path path) throws IOException {
    long lines = 0;
    long end = 0;
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
        if (fault.isEmpty()) {
          fault = fault(lines, head, new String(bytes, StandardCharsets.UTF_8));
        }
        head = hash(bytes, bytes.length);
        lines++;
        end += bytes.length + 1;
      }
    }
    return new AuditChain(lines, head, end, line.size(), fault);
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
