package org.wardfl.algo.bundle.expression;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A value of Python's, as far as data goes. Immutable.
public sealed interface Value {

  /// `None`.
  record Nothing() implements Value {}

  /// A `bool`, which counts as 0 or 1.
  record Truth(boolean value) implements Value {}

  /// An `int` of at most 64 bits.
  record Whole(long value) implements Value {}

  /// A `float`.
  record Real(double value) implements Value {}

  /// A `str`.
  record Text(String value) implements Value {}

  /// A `list`.
  record Items(List<Value> elements) implements Value {
    /// Copies.
    public Items {
      elements = List.copyOf(elements);
    }
  }

  /// A `tuple`.
  record Fixed(List<Value> elements) implements Value {
    /// Copies.
    public Fixed {
      elements = List.copyOf(elements);
    }
  }

  /// A `dict`.
  ///
  /// @param members its keys are [Text] or [Whole]
  record Mapping(Map<Value, Value> members) implements Value {
    /// Copies, keeping the order.
    public Mapping {
      members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
    }
  }

  /// A `range`; the step is not 0.
  record Range(long start, long stop, long step) implements Value {

    /// How many numbers it has.
    long size() {
      if (step > 0 ? start >= stop : start <= stop) {
        return 0;
      }
      // Bounds beyond 64 bits do not come up: both are below 2^62.
      return step > 0 ? (stop - start - 1) / step + 1 : (start - stop - 1) / -step + 1;
    }
  }

  /// What `zip` and the like give: it can be gone through once, and nothing else.
  record Once(List<Value> elements) implements Value {
    /// Copies.
    public Once {
      elements = List.copyOf(elements);
    }
  }

  /// An object that a configuration makes; of it only Python can tell anything.
  ///
  /// @param id where in the configuration it is made
  record Made(String id) implements Value {}

  /// What only Python could tell: what code gives. It may lie in a list, but whatever is computed
  /// of it is unknown too.
  ///
  /// @param why it is unknown
  record Unknown(String why) implements Value {}

  /// What Python's `bool` says of it.
  ///
  /// @throws ExpressionException if only Python can tell
  default boolean isTrue() throws ExpressionException {
    return Values.truth(this);
  }

  /// What Python calls its type.
  default String type() {
    return switch (this) {
      case Nothing _ -> "NoneType";
      case Truth _ -> "bool";
      case Whole _ -> "int";
      case Real _ -> "float";
      case Text _ -> "str";
      case Items _ -> "list";
      case Fixed _ -> "tuple";
      case Mapping _ -> "dict";
      case Range _ -> "range";
      case Once _ -> "iterator";
      case Made _, Unknown _ -> "object";
    };
  }
}
