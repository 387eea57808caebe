package org.wardfl.client.flare;

import java.util.Map;
import org.wardfl.provisioning.yaml.YamlException;
import org.wardfl.provisioning.yaml.YamlLocation;
import org.wardfl.provisioning.yaml.YamlMapping;

/// An object that a configuration of FLARE's makes.
///
/// @param id by which others refer to it; empty for executors and filters
/// @param path its Python class as it stands in the file: with its module, or by its name alone
/// @param args for its constructor
/// @param location where it stands
record Component(String id, String path, YamlMapping args, YamlLocation location) {

  static Component read(YamlMapping yaml) throws YamlException {
    yaml.only("id", "path", "name", "args");
    var path = yaml.has("path") ? yaml.string("path") : yaml.string("name");
    var args = yaml.optionalMapping("args");
    return new Component(
        yaml.string("id", ""),
        path,
        args.isPresent()
            ? args.get()
            : new YamlMapping(yaml.location(), "args", Map.of(), Map.of()),
        yaml.location());
  }

  /// The class without its module.
  String type() {
    return path.substring(path.lastIndexOf('.') + 1);
  }

  @Override
  public String toString() {
    return (id.isEmpty() ? "" : "component " + id + ", ") + "path " + path;
  }
}
