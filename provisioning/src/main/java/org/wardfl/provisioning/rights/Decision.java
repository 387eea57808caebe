package org.wardfl.provisioning.rights;

/// Whether something may be done, and the rule that decided.
public sealed interface Decision {

  /// The rule, in words.
  String rule();

  /// Whether it may be done.
  default boolean isAllowed() {
    return this instanceof Allowed;
  }

  /// It may be done.
  ///
  /// @param rule why
  record Allowed(String rule) implements Decision {}

  /// It may not be done.
  ///
  /// @param rule why
  record Denied(String rule) implements Decision {}
}
