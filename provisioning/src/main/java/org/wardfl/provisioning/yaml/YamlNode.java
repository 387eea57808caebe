package org.wardfl.provisioning.yaml;

/// A part of a YAML file.
public sealed interface YamlNode permits YamlMapping, YamlList, YamlScalar {

  /// Where it begins.
  YamlLocation location();

  /// What it is, for messages: `a mapping`, `a list`, `the text 'x'`.
  String described();

  /// The value as plain Java: maps, lists, [String], [Long], [Double], [Boolean].
  ///
  /// @throws YamlException if a value is null
  Object plain() throws YamlException;
}
