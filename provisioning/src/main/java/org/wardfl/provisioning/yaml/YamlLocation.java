package org.wardfl.provisioning.yaml;

/// Where something stands in a file.
///
/// @param file as messages call it
/// @param line from 1
/// @param column from 1
public record YamlLocation(String file, int line, int column) {

  @Override
  public String toString() {
    return file + ":" + line;
  }
}
