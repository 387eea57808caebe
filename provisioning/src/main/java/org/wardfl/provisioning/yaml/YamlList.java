package org.wardfl.provisioning.yaml;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/// A list.
///
/// @param location where it begins
/// @param nodes its elements
public record YamlList(YamlLocation location, List<YamlNode> nodes)
    implements YamlNode, Iterable<YamlNode> {

  /// Copies.
  public YamlList {
    nodes = List.copyOf(nodes);
  }

  @Override
  public Iterator<YamlNode> iterator() {
    return nodes.iterator();
  }

  /// The elements, each of which must be a mapping.
  ///
  /// @throws YamlException at the first that is not
  public List<YamlMapping> mappings() throws YamlException {
    var mappings = new ArrayList<YamlMapping>();
    for (var node : nodes) {
      if (!(node instanceof YamlMapping mapping)) {
        throw new YamlException(
            node.location(), "found " + node.described() + ", expected a mapping");
      }
      mappings.add(mapping);
    }
    return mappings;
  }

  /// The elements, each of which must be a single value, as text.
  ///
  /// @throws YamlException at the first that is not
  public List<String> strings() throws YamlException {
    var strings = new ArrayList<String>();
    for (var node : nodes) {
      if (!(node instanceof YamlScalar scalar) || scalar.isNull()) {
        throw new YamlException(node.location(), "found " + node.described() + ", expected a text");
      }
      strings.add(scalar.text());
    }
    return strings;
  }

  @Override
  public String described() {
    return "a list";
  }

  @Override
  public Object plain() throws YamlException {
    var values = new ArrayList<>();
    for (var node : nodes) {
      values.add(node.plain());
    }
    return values;
  }
}
