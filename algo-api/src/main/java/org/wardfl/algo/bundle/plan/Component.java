package org.wardfl.algo.bundle.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.wardfl.algo.bundle.expression.ExpressionException;
import org.wardfl.algo.bundle.expression.Value;

/// An object of a configuration: its class and its arguments, each of which has to be understood.
final class Component {

  private static final Set<String> OWN =
      Set.of("_target_", "_disabled_", "_requires_", "_desc_", "_mode_");

  private final Lookup lookup;
  private final String id;
  private final String target;

  private Component(Lookup lookup, String id, String target) {
    this.lookup = lookup;
    this.id = id;
    this.target = target;
  }

  /// The object at an id, through references.
  static Component at(Lookup lookup, String id) throws NotNativeException {
    var place = lookup.object(id);
    var name = lookup.target(place);
    var home = name.substring(0, Math.max(0, name.lastIndexOf('.')));
    var known = home.isEmpty() || home.matches("(monai|torch|ignite)(\\..*)?");
    if (!known) {
      throw new NotNativeException(place, name);
    }
    return new Component(lookup, place, name.substring(name.lastIndexOf('.') + 1));
  }

  String id() {
    return id;
  }

  /// The class, without its module.
  String target() {
    return target;
  }

  /// Refuses a class that is none of these.
  Component of(String... targets) throws NotNativeException {
    if (!List.of(targets).contains(target)) {
      throw wrong(target + " (the native engine has " + String.join(", ", targets) + ")");
    }
    return this;
  }

  /// Refuses arguments that are none of these.
  void only(String... arguments) throws NotNativeException {
    var known = List.of(arguments);
    for (var name : lookup.names(id)) {
      if (!OWN.contains(name) && !known.contains(name)) {
        throw wrong(target + " with " + name);
      }
    }
  }

  /// Refuses an argument unless it has its usual value.
  void usual(String argument, Value value) throws NotNativeException {
    if (has(argument) && !value(argument).equals(value)) {
      throw wrong(target + " with an unusual " + argument);
    }
  }

  boolean has(String argument) {
    return lookup.names(id).contains(argument);
  }

  /// The id of an argument.
  String inner(String argument) {
    return id + "::" + argument;
  }

  Value value(String argument) throws NotNativeException {
    try {
      var value = lookup.resolution().value(inner(argument));
      if (value instanceof Value.Unknown(var why)) {
        throw wrong(argument + " is code: " + why);
      }
      return value;
    } catch (ExpressionException e) {
      throw wrong(argument + ": " + e.getMessage());
    }
  }

  double number(String argument, double defaultValue) throws NotNativeException {
    if (!has(argument)) {
      return defaultValue;
    }
    return number(argument, value(argument));
  }

  private double number(String argument, Value value) throws NotNativeException {
    return switch (value) {
      case Value.Whole(long whole) -> whole;
      case Value.Real(double real) -> real;
      default -> throw wrong(argument + " is " + value.type() + ", expected a number");
    };
  }

  int whole(String argument, int defaultValue) throws NotNativeException {
    if (!has(argument)) {
      return defaultValue;
    }
    if (value(argument) instanceof Value.Whole(long number) && number >= 0 && number <= 1 << 20) {
      return (int) number;
    }
    throw wrong(argument + ", expected a whole number from 0 to 2^20");
  }

  boolean truth(String argument, boolean defaultValue) throws NotNativeException {
    if (!has(argument)) {
      return defaultValue;
    }
    if (value(argument) instanceof Value.Truth(boolean truth)) {
      return truth;
    }
    throw wrong(argument + ", expected true or false");
  }

  String text(String argument, String defaultValue) throws NotNativeException {
    if (!has(argument)) {
      return defaultValue;
    }
    if (value(argument) instanceof Value.Text(var text)) {
      return text;
    }
    throw wrong(argument + ", expected a text");
  }

  /// One text or several.
  List<String> texts(String argument) throws NotNativeException {
    var texts = new ArrayList<String>();
    for (var value : elements(argument).orElse(List.of(value(argument)))) {
      if (!(value instanceof Value.Text(var text))) {
        throw wrong(argument + ", expected texts");
      }
      texts.add(text);
    }
    return texts;
  }

  /// As many numbers as there are; one stands for itself.
  List<Double> numbers(String argument) throws NotNativeException {
    var numbers = new ArrayList<Double>();
    for (var value : elements(argument).orElse(List.of(value(argument)))) {
      numbers.add(number(argument, value));
    }
    return numbers;
  }

  /// Whole numbers that may be negative.
  List<Integer> wholes(String argument) throws NotNativeException {
    var wholes = new ArrayList<Integer>();
    for (double number : numbers(argument)) {
      if (number != StrictMath.rint(number) || Math.abs(number) > 1 << 20) {
        throw wrong(argument + ", expected whole numbers up to 2^20");
      }
      wholes.add((int) number);
    }
    return wholes;
  }

  /// Extents in voxels along three axes; one number stands for all.
  List<Integer> extents(String argument) throws NotNativeException {
    var extents = wholes(argument);
    if (extents.size() == 1) {
      extents = List.of(extents.getFirst(), extents.getFirst(), extents.getFirst());
    }
    if (extents.size() != 3 || extents.stream().anyMatch(extent -> extent < 1)) {
      throw wrong(argument + ", expected three positive extents");
    }
    return extents;
  }

  private Optional<List<Value>> elements(String argument) throws NotNativeException {
    return switch (value(argument)) {
      case Value.Items(var elements) -> Optional.of(elements);
      case Value.Fixed(var elements) -> Optional.of(elements);
      default -> Optional.empty();
    };
  }

  /// The objects of a list.
  List<Component> objects(String argument) throws NotNativeException {
    return Component.all(lookup, value(argument), inner(argument));
  }

  static List<Component> all(Lookup lookup, Value value, String where) throws NotNativeException {
    var found = new ArrayList<Component>();
    if (!(value instanceof Value.Items(var elements))) {
      throw new NotNativeException(where, "found " + value.type() + ", expected a list of objects");
    }
    for (var element : elements) {
      if (!(element instanceof Value.Made(var place))) {
        throw new NotNativeException(where, "an element that is code");
      }
      found.add(Component.at(lookup, place));
    }
    return found;
  }

  NotNativeException wrong(String what) {
    return new NotNativeException(id, what);
  }
}
