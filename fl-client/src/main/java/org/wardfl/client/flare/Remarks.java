package org.wardfl.client.flare;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.wardfl.provisioning.yaml.YamlLocation;

/// What is found on the way: what cannot be expressed, and what is expressed in another way.
final class Remarks {

  private final List<String> obstacles = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  void obstacle(YamlLocation where, String what) {
    obstacles.add(where + ": " + what);
  }

  void obstacle(Component component, String key, String reason) {
    var node = component.args().optionalNode(key);
    obstacle(
        node.isPresent() ? node.get().location() : component.location(),
        component + ", key " + key + ": " + reason);
  }

  /// Names every argument of a component that is not among the known ones.
  void onlyKnown(Component component, String... known) {
    for (var key : component.args().keys()) {
      if (!Arrays.asList(known).contains(key)) {
        obstacle(component, key, "Ward knows no such argument of this class");
      }
    }
  }

  /// Each sentence once.
  void note(String sentence) {
    if (!notes.contains(sentence)) {
      notes.add(sentence);
    }
  }

  List<String> notes() {
    return List.copyOf(notes);
  }

  void throwIfAny() throws FlareJobException {
    if (!obstacles.isEmpty()) {
      throw new FlareJobException(obstacles);
    }
  }
}
