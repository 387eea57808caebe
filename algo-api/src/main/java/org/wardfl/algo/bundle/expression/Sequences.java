package org.wardfl.algo.bundle.expression;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Going through values, and taking parts of them.
final class Sequences {

  private Sequences() {}

  /// What `for` goes through.
  static List<Value> elements(Value value, Budget budget) throws ExpressionException {
    if (value instanceof Value.Once(var elements)) {
      budget.spend(elements.size());
      return elements;
    }
    Values.requireKnown(value);
    return switch (value) {
      case Value.Items(var elements) -> spent(elements, budget);
      case Value.Fixed(var elements) -> spent(elements, budget);
      case Value.Mapping(var members) -> spent(List.copyOf(members.keySet()), budget);
      case Value.Text(var text) -> {
        budget.spend(text.length());
        var characters = new ArrayList<Value>();
        text.codePoints()
            .forEach(point -> characters.add(new Value.Text(Character.toString(point))));
        yield characters;
      }
      case Value.Range range -> {
        budget.spend(range.size());
        var numbers = new ArrayList<Value>();
        for (long i = 0; i < range.size(); i++) {
          numbers.add(new Value.Whole(range.start() + i * range.step()));
        }
        yield numbers;
      }
      case Value.Nothing _,
          Value.Truth _,
          Value.Whole _,
          Value.Real _,
          Value.Once _,
          Value.Made _,
          Value.Unknown _ ->
          throw ExpressionException.wrong("going through " + value.type());
    };
  }

  private static List<Value> spent(List<Value> elements, Budget budget) throws ExpressionException {
    budget.spend(elements.size());
    return elements;
  }

  static long length(Value value) throws ExpressionException {
    if (value instanceof Value.Once) {
      throw ExpressionException.wrong("the length of an iterator");
    }
    Values.requireKnown(value);
    return switch (value) {
      case Value.Text(var text) -> text.codePointCount(0, text.length());
      case Value.Items(var elements) -> elements.size();
      case Value.Fixed(var elements) -> elements.size();
      case Value.Mapping(var members) -> members.size();
      case Value.Range range -> range.size();
      case Value.Nothing _,
          Value.Truth _,
          Value.Whole _,
          Value.Real _,
          Value.Once _,
          Value.Made _,
          Value.Unknown _ ->
          throw ExpressionException.wrong("the length of " + value.type());
    };
  }

  static List<Value> joined(List<Value> first, List<Value> second, Budget budget)
      throws ExpressionException {
    budget.spend((long) first.size() + second.size());
    var all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }

  static List<Value> repeated(List<Value> elements, long times, Budget budget)
      throws ExpressionException {
    budget.spend(Arithmetic.product(elements.size(), times));
    var all = new ArrayList<Value>();
    for (long i = 0; i < times && !elements.isEmpty(); i++) {
      all.addAll(elements);
    }
    return all;
  }

  /// `value[at]`.
  static Value at(Value value, Value at, Budget budget) throws ExpressionException {
    Values.requireKnown(value);
    Values.requireKnown(at);
    if (value instanceof Value.Mapping(var members)) {
      var found = members.get(key(at));
      if (found == null) {
        throw ExpressionException.wrong("there is no such key");
      }
      return found;
    }
    long length = length(value);
    if (!Values.isWhole(at)) {
      throw ExpressionException.wrong("an index that is " + at.type());
    }
    long index = Values.whole(at) < 0 ? Values.whole(at) + length : Values.whole(at);
    if (index < 0 || index >= length) {
      throw ExpressionException.wrong("the index is out of range");
    }
    return value instanceof Value.Range range
        ? new Value.Whole(range.start() + index * range.step())
        : elements(value, budget).get((int) index);
  }

  /// The form of a key under which equal keys are the same.
  static Value key(Value key) throws ExpressionException {
    Values.requireKnown(key);
    return switch (key) {
      case Value.Text _, Value.Whole _ -> key;
      case Value.Truth _ -> new Value.Whole(Values.whole(key));
      case Value.Real(double real) -> {
        if (real == (long) real && Math.abs(real) < 1L << 53) {
          yield new Value.Whole((long) real);
        }
        yield key;
      }
      case Value.Items _, Value.Mapping _ ->
          throw ExpressionException.wrong("a key that is " + key.type());
      case Value.Nothing _, Value.Range _ -> key;
      case Value.Fixed _ -> throw ExpressionException.opaque("a tuple as a key");
      case Value.Once _, Value.Made _, Value.Unknown _ ->
          throw new IllegalStateException(key.type());
    };
  }

  /// `value[from:to:step]`. Source: CPython `PySlice_AdjustIndices`.
  static Value slice(
      Value value, Optional<Value> from, Optional<Value> to, Optional<Value> step, Budget budget)
      throws ExpressionException {
    Values.requireKnown(value);
    if (value instanceof Value.Mapping || !isSequence(value)) {
      throw ExpressionException.wrong("a part of " + value.type());
    }
    long length = length(value);
    long by = bound(step, 1);
    if (by == 0) {
      throw ExpressionException.wrong("a slice with the step 0");
    }
    long start = adjusted(bound(from, by > 0 ? 0 : length - 1), from, length, by);
    long stop = adjusted(bound(to, by > 0 ? length : -1), to, length, by);
    var range = new Value.Range(start, stop, by);
    if (value instanceof Value.Range whole) {
      return new Value.Range(
          whole.start() + start * whole.step(),
          whole.start() + stop * whole.step(),
          whole.step() * by);
    }
    var all = elements(value, budget);
    var taken = new ArrayList<Value>();
    for (long i = 0; i < range.size(); i++) {
      taken.add(all.get((int) (start + i * by)));
    }
    return switch (value) {
      case Value.Items _ -> new Value.Items(taken);
      case Value.Fixed _ -> new Value.Fixed(taken);
      default -> {
        var text = new StringBuilder();
        taken.forEach(character -> text.append(((Value.Text) character).value()));
        yield new Value.Text(text.toString());
      }
    };
  }

  private static boolean isSequence(Value value) {
    return value instanceof Value.Text
        || value instanceof Value.Items
        || value instanceof Value.Fixed
        || value instanceof Value.Range;
  }

  private static long bound(Optional<Value> given, long defaultValue) throws ExpressionException {
    if (given.isEmpty() || given.get() instanceof Value.Nothing) {
      return defaultValue;
    }
    Values.requireKnown(given.get());
    if (!Values.isWhole(given.get())) {
      throw ExpressionException.wrong("a slice by " + given.get().type());
    }
    // Beyond the length of anything all bounds are alike.
    return Math.clamp(Values.whole(given.get()), -Functions.MOST, Functions.MOST);
  }

  private static long adjusted(long bound, Optional<Value> given, long length, long step) {
    if (given.isEmpty() || given.get() instanceof Value.Nothing) {
      return bound;
    }
    long from = bound < 0 ? bound + length : bound;
    return step > 0 ? Math.clamp(from, 0, length) : Math.clamp(from, -1, length - 1);
  }
}
