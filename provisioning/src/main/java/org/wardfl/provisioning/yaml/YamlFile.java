package org.wardfl.provisioning.yaml;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/// Reads a YAML file whose root is a mapping, strictly.
///
/// Refused: files over 1 MiB, anything but UTF-8, tags, anchors and aliases, repeated keys, keys
/// that are not plain texts, control and bidirectional characters, nesting deeper than 32, more
/// than one document.
public final class YamlFile {

  private static final int MAX_BYTES = 1 << 20;
  private static final int MAX_DEPTH = 32;

  private final String origin;

  private YamlFile(String origin) {
    this.origin = origin;
  }

  /// Reads a file.
  ///
  /// @throws YamlException if its content is refused
  /// @throws IOException if it cannot be read
  public static YamlMapping read(Path file) throws YamlException, IOException {
    var origin = file.getFileName().toString();
    var top = new YamlLocation(origin, 1, 1);
    if (Files.isDirectory(file)) {
      throw new YamlException(top, "found a folder, expected a file");
    }
    if (Files.size(file) > MAX_BYTES) {
      throw new YamlException(
          top, "file of " + Files.size(file) + " bytes, expected at most " + MAX_BYTES);
    }
    try {
      var text =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(Files.readAllBytes(file)));
      return parse(origin, text.toString());
    } catch (CharacterCodingException _) {
      throw new YamlException(top, "the file is not UTF-8");
    }
  }

  /// Reads a text.
  ///
  /// @param origin what messages call it
  /// @throws YamlException if it is refused
  public static YamlMapping parse(String origin, String text) throws YamlException {
    var file = new YamlFile(origin);
    try {
      var settings =
          LoadSettings.builder()
              .setLabel(origin)
              .setAllowDuplicateKeys(true)
              .setMaxAliasesForCollections(0)
              .setCodePointLimit(MAX_BYTES)
              .build();
      file.checkEvents(settings, text);
      var root =
          new Composer(settings, new ParserImpl(settings, new StreamReader(settings, text)))
              .getSingleNode();
      if (root.isEmpty() || !(root.get() instanceof MappingNode mapping)) {
        throw new YamlException(
            new YamlLocation(origin, 1, 1), "expected a mapping of keys to values");
      }
      return file.mapping(mapping, "", 1);
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
      int column = e.getProblemMark().map(mark -> mark.getColumn() + 1).orElse(1);
      throw new YamlException(
          new YamlLocation(origin, line, column), "not YAML: " + e.getProblem());
    } catch (YamlEngineException e) {
      throw new YamlException(new YamlLocation(origin, 1, 1), "not YAML: " + e.getMessage());
    }
  }

  /// Refuses what the composed nodes no longer show.
  private void checkEvents(LoadSettings settings, String text) throws YamlException {
    var parser = new ParserImpl(settings, new StreamReader(settings, text));
    while (parser.hasNext()) {
      var event = parser.next();
      int line = event.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
      var location = new YamlLocation(origin, line, 1);
      if (event.getEventId() == Event.ID.Alias
          || (event instanceof NodeEvent node && node.getAnchor().isPresent())) {
        throw new YamlException(location, "anchors and aliases are not allowed");
      }
      boolean tagged =
          switch (event) {
            case org.snakeyaml.engine.v2.events.ScalarEvent scalar -> scalar.getTag().isPresent();
            case org.snakeyaml.engine.v2.events.CollectionStartEvent start ->
                start.getTag().isPresent();
            default -> false;
          };
      if (tagged) {
        throw new YamlException(location, "tags are not allowed");
      }
    }
  }

  private YamlNode node(Node node, String path, int depth) throws YamlException {
    if (depth > MAX_DEPTH) {
      throw new YamlException(location(node), "nesting deeper than " + MAX_DEPTH);
    }
    return switch (node) {
      case MappingNode mapping -> mapping(mapping, path, depth);
      case SequenceNode sequence -> {
        var elements = new ArrayList<YamlNode>();
        for (var element : sequence.getValue()) {
          elements.add(node(element, path + "[" + elements.size() + "]", depth + 1));
        }
        yield new YamlList(location(node), elements);
      }
      case ScalarNode scalar -> {
        checkCharacters(scalar);
        yield new YamlScalar(
            location(node), scalar.getValue(), scalar.getScalarStyle() != ScalarStyle.PLAIN);
      }
      default ->
          throw new YamlException(location(node), "expected a mapping, a list or a single value");
    };
  }

  private YamlMapping mapping(MappingNode mapping, String path, int depth) throws YamlException {
    Map<String, YamlNode> nodes = new LinkedHashMap<>();
    Map<String, YamlLocation> locations = new HashMap<>();
    for (var tuple : mapping.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        throw new YamlException(location(tuple.getKeyNode()), "a key must be a plain text");
      }
      checkCharacters(key);
      var name = key.getValue();
      var child = path.isEmpty() ? name : path + "." + name;
      var earlier = locations.get(name);
      if (earlier != null) {
        throw new YamlException(
            location(key), "key `" + name + "` is given twice, first in line " + earlier.line());
      }
      nodes.put(name, node(tuple.getValueNode(), child, depth + 1));
      locations.put(name, location(key));
    }
    return new YamlMapping(location(mapping), path, nodes, locations);
  }

  private void checkCharacters(ScalarNode scalar) throws YamlException {
    var text = scalar.getValue();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean control = Character.isISOControl(c) && c != '\n' && c != '\t';
      boolean bidirectional =
          (c >= 0x202a && c <= 0x202e)
              || (c >= 0x2066 && c <= 0x2069)
              || c == 0x200e
              || c == 0x200f;
      if (control || bidirectional) {
        throw new YamlException(
            location(scalar),
            "invisible character U+" + String.format("%04X", (int) c) + " is not allowed");
      }
    }
  }

  private YamlLocation location(Node node) {
    return node.getStartMark()
        .map(mark -> new YamlLocation(origin, mark.getLine() + 1, mark.getColumn() + 1))
        .orElse(new YamlLocation(origin, 1, 1));
  }
}
