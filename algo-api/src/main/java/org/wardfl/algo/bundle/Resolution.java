package org.wardfl.algo.bundle;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.wardfl.algo.bundle.expression.Budget;
import org.wardfl.algo.bundle.expression.Expression;
import org.wardfl.algo.bundle.expression.ExpressionException;
import org.wardfl.algo.bundle.expression.SiteFiles;
import org.wardfl.algo.bundle.expression.Value;

/// What the ids of a configuration stand for, as MONAI resolves them, as far as that is plain data
/// (MONAI `monai/bundle/reference_resolver.py`). Of objects it says where they are made; what code
/// gives is unknown.
///
/// Not thread-safe. Everything that is asked of one instance shares one [Budget].
public final class Resolution {

  private static final int MAX_DEPTH = 100;

  private final Config config;
  private final SiteFiles files;
  private final Budget budget = new Budget();
  private final Map<String, Value> known = new HashMap<>();
  private final List<String> open = new ArrayList<>();

  /// A configuration.
  ///
  /// @param files what `glob.glob` finds; [SiteFiles#NONE] where there is no site
  public Resolution(Config config, SiteFiles files) {
    this.config = config;
    this.files = files;
  }

  /// What an id stands for; [Value.Made] or [Value.Unknown] if only Python can tell.
  ///
  /// @param id such as `train::dataset::data` or `train#dataset#data`
  /// @throws ExpressionException if there is no such id, or resolving it fails in Python too
  public Value value(String id) throws ExpressionException {
    var absolute = Config.normal(id);
    var before = known.get(absolute);
    if (before != null) {
      return before;
    }
    var node = config.get(absolute);
    if (node.isEmpty()) {
      throw ExpressionException.wrong("there is no '" + absolute + "'");
    }
    if (open.contains(absolute)) {
      throw ExpressionException.wrong("references in a circle, through '" + absolute + "'");
    }
    if (open.size() >= MAX_DEPTH) {
      throw ExpressionException.opaque("a chain of more than " + MAX_DEPTH + " references");
    }
    open.add(absolute);
    try {
      var value = of(absolute, node.get());
      known.put(absolute, value);
      return value;
    } finally {
      open.removeLast();
    }
  }

  /// Whether the part under an id is switched off by `_disabled_`.
  ///
  /// @throws ExpressionException if only Python can tell
  public boolean isDisabled(String id) throws ExpressionException {
    var key = Config.inside(Config.normal(id), "_disabled_");
    if (config.get(key).isEmpty()) {
      return false;
    }
    var flag = value(key);
    // Of texts, MONAI takes only this one for yes.
    return flag instanceof Value.Text(var text)
        ? text.strip().equalsIgnoreCase("true")
        : flag.isTrue();
  }

  private Value of(String id, Node node) throws ExpressionException {
    return switch (node) {
      case Node.Text(var text) -> text(text);
      case Node.Whole(long number) -> new Value.Whole(number);
      case Node.Real(double number) -> new Value.Real(number);
      case Node.Truth(boolean truth) -> new Value.Truth(truth);
      case Node.Nothing _ -> new Value.Nothing();
      case Node.Items(var elements) -> {
        var values = new ArrayList<Value>();
        for (int i = 0; i < elements.size(); i++) {
          var inner = Config.inside(id, Integer.toString(i));
          if (!isLeftOut(inner, elements.get(i))) {
            values.add(value(inner));
          }
        }
        yield new Value.Items(values);
      }
      case Node.Mapping(var members) -> {
        if (members.containsKey("_target_")) {
          yield isDisabled(id) ? new Value.Nothing() : new Value.Made(id);
        }
        var values = new LinkedHashMap<Value, Value>();
        for (var member : members.entrySet()) {
          var inner = Config.inside(id, member.getKey());
          if (!isLeftOut(inner, member.getValue())) {
            values.put(new Value.Text(member.getKey()), value(inner));
          }
        }
        yield new Value.Mapping(values);
      }
    };
  }

  /// MONAI leaves objects that are switched off out of lists and mappings.
  private boolean isLeftOut(String id, Node node) throws ExpressionException {
    return node instanceof Node.Mapping(var members)
        && members.containsKey("_target_")
        && isDisabled(id);
  }

  private Value text(String text) throws ExpressionException {
    if (text.startsWith("$")) {
      return evaluated(text.substring(1));
    }
    return Config.isReference(text) ? value(text.substring(1)) : new Value.Text(text);
  }

  private Value evaluated(String expression) throws ExpressionException {
    try {
      var value = Expression.parse(expression).value(this::value, files, budget);
      // The first to go through it would leave nothing for the next.
      return value instanceof Value.Once ? new Value.Unknown("an iterator") : value;
    } catch (ExpressionException e) {
      if (e.isWrong()) {
        throw e;
      }
      return new Value.Unknown(String.valueOf(e.getMessage()));
    }
  }
}
