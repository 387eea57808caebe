package org.wardfl.client.flare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wardfl.proto.json.Json;
import org.wardfl.provisioning.yaml.YamlException;
import org.wardfl.provisioning.yaml.YamlFile;
import org.wardfl.provisioning.yaml.YamlMapping;
import org.wardfl.provisioning.yaml.YamlScalar;

/// One of the two configurations of an application, `config_fed_server.json` or
/// `config_fed_client.json`, with its variables filled in.
///
/// @param root the whole file
/// @param components by which its parts refer to one another
record FlareConfig(YamlMapping root, List<Component> components) {

  private static final int VERSION = 2;

  /// Reads a file.
  ///
  /// @throws YamlException if it is no JSON, or not of the version that FLARE writes
  static FlareConfig read(Path file) throws YamlException, IOException {
    var root = filled(file);
    long version = root.integer("format_version");
    if (version != VERSION) {
      throw root.error("format_version", "found " + version + ", expected " + VERSION);
    }
    var components = new ArrayList<Component>();
    var list = root.optionalList("components");
    if (list.isPresent()) {
      for (var element : list.get().mappings()) {
        components.add(Component.read(element));
      }
    }
    return new FlareConfig(root, components);
  }

  /// A value at the top that is neither a list nor a mapping is a variable: `"{num_rounds}"` stands
  /// for its value, `{num_rounds}` within a text for its text.
  private static YamlMapping filled(Path file) throws YamlException, IOException {
    var plain = YamlFile.read(file);
    var text = Files.readString(file);
    for (var name : plain.keys()) {
      if (plain.node(name) instanceof YamlScalar scalar) {
        var value = scalar.quoted() ? Json.line(scalar.text()) : scalar.text();
        text = text.replace("\"{" + name + "}\"", value).replace("{" + name + "}", scalar.text());
      }
    }
    return YamlFile.parse(String.valueOf(file.getFileName()), text);
  }

  /// The component of this id.
  Optional<Component> component(String id) {
    return components.stream().filter(one -> one.id().equals(id)).findFirst();
  }

  /// Whether a key holds a list with something in it.
  boolean hasAny(String key) throws YamlException {
    var list = root.optionalList(key);
    return list.isPresent() && !list.get().nodes().isEmpty();
  }
}
