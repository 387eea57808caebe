package org.wardfl.algo.bundle.plan;

import java.util.Set;
import java.util.regex.Pattern;
import org.wardfl.algo.bundle.Config;
import org.wardfl.algo.bundle.Node;
import org.wardfl.algo.bundle.Resolution;
import org.wardfl.algo.bundle.expression.ExpressionException;
import org.wardfl.algo.bundle.expression.Value;

/// Finds objects of a configuration; knows the two forms in which bundles move a network to a
/// device and hand its parameters to an optimizer.
///
/// @param config the configuration
/// @param resolution its values
record Lookup(Config config, Resolution resolution) {

  private static final Pattern MOVED =
      Pattern.compile("\\$\\s*@(\\w+(?:::\\w+)*)\\.to\\(\\s*@\\w+(?:::\\w+)*\\s*\\)\\s*");
  private static final Pattern PARAMETERS =
      Pattern.compile("\\$\\s*@(\\w+(?:::\\w+)*)\\.parameters\\(\\s*\\)\\s*");
  private static final int MAX_CHAIN = 20;

  /// Where the object is made that an id stands for.
  String object(String id) throws NotNativeException {
    var at = id;
    for (int i = 0; i < MAX_CHAIN; i++) {
      if (config.get(at).orElse(null) instanceof Node.Text(var text)) {
        var moved = MOVED.matcher(text);
        if (moved.matches()) {
          at = moved.group(1);
          continue;
        }
        if (text.startsWith("@")) {
          at = text.substring(1);
          continue;
        }
      }
      try {
        if (resolution.value(at) instanceof Value.Made(var place)) {
          return place;
        }
      } catch (ExpressionException e) {
        throw new NotNativeException(id, String.valueOf(e.getMessage()));
      }
      break;
    }
    throw new NotNativeException(id, "found no object, or one that code makes");
  }

  /// The object whose parameters a text names.
  String parametersOf(String id) throws NotNativeException {
    if (config.get(id).orElse(null) instanceof Node.Text(var text)) {
      var parameters = PARAMETERS.matcher(text);
      if (parameters.matches()) {
        return object(parameters.group(1));
      }
    }
    throw new NotNativeException(id, "expected $@network.parameters()");
  }

  String target(String place) throws NotNativeException {
    if (config.get(place).orElse(null) instanceof Node.Mapping(var members)
        && members.get("_target_") instanceof Node.Text(var target)
        && !target.startsWith("$")) {
      return target;
    }
    throw new NotNativeException(place, "its class is an expression");
  }

  Set<String> names(String place) {
    return config.get(place).orElse(null) instanceof Node.Mapping(var members)
        ? members.keySet()
        : Set.of();
  }

  boolean has(String id) {
    return config.get(id).isPresent();
  }
}
