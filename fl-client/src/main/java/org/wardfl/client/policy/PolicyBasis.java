package org.wardfl.client.policy;

/// What a decision of the site rests on, for the audit record.
///
/// @param policySha256 of the site's file, 64 lower-case hexadecimal digits; empty if no file
///   decided, or it could not be read
/// @param rule which of its rules; empty if none did
public record PolicyBasis(String policySha256, String rule) {

  /// No file decided.
  public static final PolicyBasis NONE = new PolicyBasis("", "");
}
