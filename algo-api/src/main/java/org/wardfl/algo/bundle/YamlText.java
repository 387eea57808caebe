package org.wardfl.algo.bundle;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/// Reads YAML as data: no tags, at most 64 levels, no repeated keys; aliases only where they cannot
/// make the text grow.
final class YamlText {

  private static final int MAX_DEPTH = 64;
  private static final int MAX_ALIASES = 50;
  private static final int MAX_NODES = 500_000;

  private final String origin;
  private int nodes;

  private YamlText(String origin) {
    this.origin = origin;
  }

  /// @param origin what messages call it
  static Node parse(String origin, String text) throws BundleException {
    try {
      var settings =
          LoadSettings.builder()
              .setLabel(origin)
              .setAllowDuplicateKeys(true)
              .setMaxAliasesForCollections(MAX_ALIASES)
              .setCodePointLimit(Config.MAX_BYTES)
              .build();
      var root =
          new Composer(settings, new ParserImpl(settings, new StreamReader(settings, text)))
              .getSingleNode();
      return root.isEmpty()
          ? new Node.Mapping(new LinkedHashMap<>())
          : new YamlText(origin).node(root.get(), 1);
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
      throw new BundleException(origin + ", line " + line + ": not YAML: " + e.getProblem());
    } catch (YamlEngineException e) {
      throw new BundleException(origin + ": not YAML: " + e.getMessage());
    }
  }

  private Node node(org.snakeyaml.engine.v2.nodes.Node node, int depth) throws BundleException {
    nodes++;
    if (depth > MAX_DEPTH || nodes > MAX_NODES || node.isRecursive()) {
      throw wrong(
          node, "nested deeper than " + MAX_DEPTH + ", or more than " + MAX_NODES + " values");
    }
    return switch (node) {
      case MappingNode mapping -> mapping(mapping, depth);
      case SequenceNode sequence -> {
        List<Node> elements = new ArrayList<>();
        for (var element : sequence.getValue()) {
          elements.add(node(element, depth + 1));
        }
        yield new Node.Items(elements);
      }
      case ScalarNode scalar -> scalar(scalar);
      default -> throw wrong(node, "expected a mapping, a list or a single value");
    };
  }

  private Node mapping(MappingNode mapping, int depth) throws BundleException {
    var members = new LinkedHashMap<String, Node>();
    for (var tuple : mapping.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        throw wrong(tuple.getKeyNode(), "a key must be a single value");
      }
      if (members.containsKey(key.getValue())) {
        throw wrong(key, "the key '" + key.getValue() + "' is there twice");
      }
      members.put(key.getValue(), node(tuple.getValueNode(), depth + 1));
    }
    return new Node.Mapping(members);
  }

  private Node scalar(ScalarNode scalar) throws BundleException {
    boolean plain = scalar.getScalarStyle() == ScalarStyle.PLAIN;
    var tag = scalar.getTag();
    boolean ordinary = List.of(Tag.STR, Tag.INT, Tag.FLOAT, Tag.BOOL, Tag.NULL).contains(tag);
    if (!ordinary) {
      throw wrong(scalar, "the tag " + tag.getValue() + " is not allowed");
    }
    return plain ? Scalars.plain(scalar.getValue()) : new Node.Text(scalar.getValue());
  }

  private BundleException wrong(org.snakeyaml.engine.v2.nodes.Node node, String what) {
    int line = node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
    return new BundleException(origin + ", line " + line + ": " + what);
  }
}
