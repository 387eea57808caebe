package org.wardfl.provisioning.audit;

import java.time.Instant;

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

  /// The log is whole in itself, but it is not the one that was signed: it was written anew.
  ///
  /// @param after so many records at its beginning are as they were signed
  /// @param until among the records after these, up to this one, are such that were written anew
  /// @param time when the checkpoint was signed
  /// @param keeper the file that the checkpoint stands in
  record Rewritten(long after, long until, Instant time, String keeper) implements AuditVerdict {}

  /// The log is whole in itself, but once had more records.
  ///
  /// @param records how many there are
  /// @param witnessed how many there were
  /// @param time when that was signed
  /// @param keeper the file that the checkpoint stands in
  record Missing(long records, long witnessed, Instant time, String keeper)
      implements AuditVerdict {}
}
