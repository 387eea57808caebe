package org.wardfl.algo.bundle;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A value of a configuration or of an expression: what JSON knows. Immutable.
public sealed interface Node {

  /// Names with values, in order.
  record Mapping(Map<String, Node> members) implements Node {
    /// Copies, keeping the order.
    public Mapping {
      members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
    }
  }

  /// A list.
  record Items(List<Node> elements) implements Node {
    /// Copies.
    public Items {
      elements = List.copyOf(elements);
    }
  }

  /// A text, which may be a reference, an expression or a macro.
  record Text(String value) implements Node {}

  /// A whole number of at most 64 bits.
  record Whole(long value) implements Node {}

  /// A floating-point number.
  record Real(double value) implements Node {}

  /// True or false.
  record Truth(boolean value) implements Node {}

  /// `null` or `None`.
  record Nothing() implements Node {}

  /// What people call its kind.
  default String kind() {
    return switch (this) {
      case Mapping _ -> "a mapping";
      case Items _ -> "a list";
      case Text _ -> "a text";
      case Whole _ -> "a whole number";
      case Real _ -> "a number";
      case Truth _ -> "true or false";
      case Nothing _ -> "nothing";
    };
  }
}
