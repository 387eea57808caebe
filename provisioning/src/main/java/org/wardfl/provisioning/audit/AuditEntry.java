package org.wardfl.provisioning.audit;

import java.util.Map;
import java.util.TreeMap;

/// Who did what, on what, in which study, and what came of it; allowed or refused, and by which
/// rule. Names, hashes and sentences only: no patient's data, no weights, keys or tokens.
///
/// @param actor the certified name, or `unknown`
/// @param action what was done or tried
/// @param object on what: a job, a task, a site; empty if that is in the action
/// @param result `done`, `allowed`, or `refused: ` and one word
/// @param more further fields by their names, none of them empty
/// @param detail a sentence; may be empty
public record AuditEntry(
    String actor,
    String action,
    String object,
    String result,
    Map<String, String> more,
    String detail) {

  static final String STUDY = "study";
  static final String HASH = "hash";
  static final String RULE = "rule";
  static final String POLICY = "policy";
  static final String CHECKPOINT = "checkpoint";

  /// Copies.
  public AuditEntry {
    more = Map.copyOf(more);
  }

  private AuditEntry(String actor, String action, String object, String result) {
    this(actor, action, object, result, Map.of(), "");
  }

  /// Something was done, or will be once this is written.
  public static AuditEntry done(String actor, String action, String object) {
    return new AuditEntry(actor, action, object, "done");
  }

  /// Something may be done.
  public static AuditEntry allowed(String actor, String action, String object) {
    return new AuditEntry(actor, action, object, "allowed");
  }

  /// Something was refused.
  ///
  /// @param reason one word
  public static AuditEntry refused(String actor, String action, String object, String reason) {
    return new AuditEntry(actor, action, object, "refused: " + reason);
  }

  /// The same, in this study.
  public AuditEntry inStudy(String study) {
    return with(STUDY, study);
  }

  /// The same, about the file or certificate of this hash or number.
  public AuditEntry onHash(String hash) {
    return with(HASH, hash);
  }

  /// The same, decided by this rule.
  ///
  /// @param policy SHA-256 of the file that the rule stands in; empty if it is in none
  public AuditEntry byRule(String rule, String policy) {
    return with(RULE, rule).with(POLICY, policy);
  }

  /// The same, with a sentence.
  public AuditEntry saying(String sentence) {
    return new AuditEntry(actor, action, object, result, more, sentence);
  }

  AuditEntry with(String field, String value) {
    if (value.isEmpty()) {
      return this;
    }
    var fields = new TreeMap<>(more);
    fields.put(field, value);
    return new AuditEntry(actor, action, object, result, fields, detail);
  }
}
