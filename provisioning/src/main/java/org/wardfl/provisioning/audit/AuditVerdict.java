package org.wardfl.provisioning.audit;

/// What a look at an audit log found.
public sealed interface AuditVerdict {

  /// Every line follows on the one before it.
  ///
  /// @param records how many there are
  /// @param head SHA-256 of the last line, in hexadecimal; zeros if there is none
  /// @param torn bytes after the last whole line, which a crash left
  record Whole(long records, String head, long torn) implements AuditVerdict {}

  /// The log was changed.
  ///
  /// @param line the first that does not fit, counted from 1; this one or the one before it was
  ///   changed, or lines between them are missing
  /// @param found what does not fit
  record Broken(long line, String found) implements AuditVerdict {}
}
