package org.wardfl.provisioning.audit;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.wardfl.certs.CertifiedName;

/// The text of one record: a JSON object of text fields in a fixed order, between its number and
/// the hash of the record before.
final class AuditRecord {

  /// What the first record of a process does.
  static final String START = "start";

  private static final int LONGEST = 500;
  private static final List<String> BEFORE_RESULT = List.of(AuditEntry.STUDY, AuditEntry.HASH);
  private static final List<String> AFTER_RESULT = List.of(AuditEntry.RULE, AuditEntry.POLICY);

  // A quotation mark within a field is escaped, so these are found as fields only.
  private static final Pattern CHECKPOINT =
      Pattern.compile(",\"" + AuditEntry.CHECKPOINT + "\":\"([A-Za-z0-9+/=]+)\"");
  private static final Pattern OWNER =
      Pattern.compile(",\"actor\":\"([^\"\\\\]+)\",\"action\":\"" + START + "\"");

  private AuditRecord() {}

  static byte[] line(AuditEntry entry, long sequence, Instant time, String previous) {
    var record = new StringBuilder("{\"seq\":").append(sequence);
    record.append(field("time", time.toString()));
    record.append(field("actor", entry.actor()));
    record.append(field("action", entry.action()));
    record.append(field("object", entry.object()));
    BEFORE_RESULT.forEach(name -> record.append(optional(entry, name)));
    record.append(field("result", entry.result()));
    AFTER_RESULT.forEach(name -> record.append(optional(entry, name)));
    record.append(field("detail", entry.detail()));
    var checkpoint = entry.more().get(AuditEntry.CHECKPOINT);
    if (checkpoint != null) {
      // Base64, and longer than what is shown of other fields.
      record.append(",\"" + AuditEntry.CHECKPOINT + "\":\"").append(checkpoint).append('"');
    }
    record.append(field("prev", previous)).append("}\n");
    return record.toString().getBytes(StandardCharsets.UTF_8);
  }

  /// The checkpoint that a line holds, as it is encoded.
  static Optional<String> checkpoint(String line) {
    var found = CHECKPOINT.matcher(line);
    return found.find() ? Optional.of(found.group(1)) : Optional.empty();
  }

  /// Whose log begins with this line; empty if the line does not say.
  static Optional<String> owner(String line) {
    var found = OWNER.matcher(line);
    return found.find() ? Optional.of(found.group(1)) : Optional.empty();
  }

  private static String optional(AuditEntry entry, String name) {
    var value = entry.more().get(name);
    return value == null ? "" : field(name, value);
  }

  /// What is visible of a text, as a field of a JSON object: only two of the visible characters
  /// need a backslash there.
  private static String field(String name, String text) {
    var shown = CertifiedName.visible(text, LONGEST).replace("\\", "\\\\").replace("\"", "\\\"");
    return ",\"" + name + "\":\"" + shown + "\"";
  }
}
