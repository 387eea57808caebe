package org.wardfl.algo.bundle.expression;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// The functions that an expression may call: those of Python's that make data of data.
final class Functions {

  /// What a range may reach to.
  static final long MOST = 1L << 60;

  static final Set<String> NAMES =
      Set.of(
          "len",
          "int",
          "float",
          "str",
          "bool",
          "abs",
          "round",
          "min",
          "max",
          "sum",
          "any",
          "all",
          "range",
          "list",
          "tuple",
          "dict",
          "sorted",
          "zip",
          "enumerate",
          "os.path.join",
          "os.path.basename",
          "os.path.dirname",
          "glob.glob");

  private static final Pattern WHOLE = Pattern.compile("[-+]?[0-9]+(_[0-9]+)*");
  private static final Pattern REAL =
      Pattern.compile(
          "[-+]?([0-9]+(_[0-9]+)*\\.?([0-9]+(_[0-9]+)*)?|\\.[0-9]+(_[0-9]+)*)"
              + "([eE][-+]?[0-9]+(_[0-9]+)*)?");

  private final SiteFiles files;
  private final Budget budget;

  Functions(SiteFiles files, Budget budget) {
    this.files = files;
    this.budget = budget;
  }

  Value call(String name, List<Value> arguments, Map<String, Value> keywords)
      throws ExpressionException {
    budget.spend(1);
    boolean reversible = name.equals("sorted") && keywords.keySet().equals(Set.of("reverse"));
    if (!keywords.isEmpty() && !reversible) {
      throw ExpressionException.opaque(name + " with " + String.join(", ", keywords.keySet()));
    }
    if (name.startsWith("os.path.")) {
      return path(name, arguments);
    }
    return switch (name) {
      case "min", "max" -> extreme(name, arguments);
      case "zip" -> zipped(arguments);
      case "range" -> range(arguments);
      case "round", "sum", "enumerate" -> {
        count(name, arguments, 1, 2);
        yield twofold(name, arguments.get(0), arguments.subList(1, arguments.size()));
      }
      case "int", "float", "str", "bool", "list", "tuple", "dict" -> {
        count(name, arguments, 0, 1);
        yield arguments.isEmpty() ? empty(name) : converted(name, arguments.getFirst());
      }
      default -> {
        count(name, arguments, 1, 1);
        yield of(name, arguments.getFirst(), keywords);
      }
    };
  }

  private static void count(String name, List<Value> arguments, int least, int most)
      throws ExpressionException {
    if (arguments.size() < least) {
      throw ExpressionException.wrong(name + " of " + arguments.size() + " arguments");
    }
    if (arguments.size() > most) {
      throw ExpressionException.opaque(name + " of " + arguments.size() + " arguments");
    }
  }

  private Value of(String name, Value argument, Map<String, Value> keywords)
      throws ExpressionException {
    return switch (name) {
      case "len" -> new Value.Whole(Sequences.length(argument));
      case "abs" -> absolute(argument);
      case "any", "all" -> {
        boolean wanted = name.equals("any");
        boolean found = false;
        for (var element : Sequences.elements(argument, budget)) {
          if (!found) {
            found = Values.truth(element) == wanted;
          }
        }
        yield new Value.Truth(found == wanted);
      }
      case "sorted" -> {
        var reverse = keywords.getOrDefault("reverse", new Value.Truth(false));
        yield new Value.Items(sorted(Sequences.elements(argument, budget), Values.truth(reverse)));
      }
      case "glob.glob" -> {
        if (!(argument instanceof Value.Text(var pattern))) {
          Values.requireKnown(argument);
          throw ExpressionException.wrong("glob of " + argument.type());
        }
        var found = files.glob(pattern);
        budget.spend(found.size());
        yield new Value.Items(found.stream().<Value>map(Value.Text::new).toList());
      }
      default -> throw new IllegalStateException(name);
    };
  }

  private static Value absolute(Value argument) throws ExpressionException {
    Values.requireKnown(argument);
    if (!Values.isNumber(argument)) {
      throw ExpressionException.wrong("abs of " + argument.type());
    }
    return argument instanceof Value.Real(double real)
        ? new Value.Real(Math.abs(real))
        : Values.whole(argument) < 0 ? Arithmetic.negated(argument) : Arithmetic.positive(argument);
  }

  private static Value empty(String name) {
    return switch (name) {
      case "int" -> new Value.Whole(0);
      case "float" -> new Value.Real(0);
      case "str" -> new Value.Text("");
      case "bool" -> new Value.Truth(false);
      case "list" -> new Value.Items(List.of());
      case "tuple" -> new Value.Fixed(List.of());
      default -> new Value.Mapping(Map.of());
    };
  }

  private Value converted(String name, Value argument) throws ExpressionException {
    return switch (name) {
      case "int" -> whole(argument);
      case "float" -> real(argument);
      case "str" -> new Value.Text(Values.text(argument, budget));
      case "bool" -> new Value.Truth(Values.truth(argument));
      case "list" -> new Value.Items(Sequences.elements(argument, budget));
      case "tuple" -> new Value.Fixed(Sequences.elements(argument, budget));
      default -> mapping(argument);
    };
  }

  private static Value whole(Value argument) throws ExpressionException {
    Values.requireKnown(argument);
    if (Values.isWhole(argument)) {
      return new Value.Whole(Values.whole(argument));
    }
    if (argument instanceof Value.Real(double real)) {
      if (!Double.isFinite(real)) {
        throw ExpressionException.wrong("int of " + real);
      }
      if (Math.abs(real) >= 0x1p63) {
        throw ExpressionException.opaque(Arithmetic.TOO_LARGE);
      }
      return new Value.Whole((long) real);
    }
    var text = ascii("int", argument);
    if (!WHOLE.matcher(text).matches()) {
      throw ExpressionException.wrong("int of a text that is no whole number");
    }
    try {
      return new Value.Whole(Long.parseLong(text.replace("_", "")));
    } catch (NumberFormatException _) {
      throw ExpressionException.opaque(Arithmetic.TOO_LARGE);
    }
  }

  private static Value real(Value argument) throws ExpressionException {
    Values.requireKnown(argument);
    if (Values.isNumber(argument)) {
      return new Value.Real(Values.real(argument));
    }
    var text = ascii("float", argument);
    var word = text.toLowerCase(java.util.Locale.ROOT).replaceFirst("^[-+]", "");
    double sign = text.startsWith("-") ? -1 : 1;
    if (word.equals("inf") || word.equals("infinity")) {
      return new Value.Real(sign * Double.POSITIVE_INFINITY);
    }
    if (word.equals("nan")) {
      return new Value.Real(Double.NaN);
    }
    if (!REAL.matcher(text).matches()) {
      throw ExpressionException.wrong("float of a text that is no number");
    }
    return new Value.Real(Double.parseDouble(text.replace("_", "")));
  }

  private static String ascii(String name, Value argument) throws ExpressionException {
    if (!(argument instanceof Value.Text(var text))) {
      throw ExpressionException.wrong(name + " of " + argument.type());
    }
    if (text.chars().anyMatch(c -> c > 0x7e)) {
      throw ExpressionException.opaque(name + " of a text with other characters than ASCII");
    }
    return text.strip();
  }

  private Value mapping(Value argument) throws ExpressionException {
    if (argument instanceof Value.Mapping) {
      return argument;
    }
    var members = new LinkedHashMap<Value, Value>();
    for (var pair : Sequences.elements(argument, budget)) {
      var both = Sequences.elements(pair, budget);
      if (both.size() != 2) {
        throw ExpressionException.wrong("dict of something else than pairs");
      }
      put(members, both.get(0), both.get(1));
    }
    return new Value.Mapping(members);
  }

  /// Keys are texts and whole numbers; of equal keys the first stays, with the last value.
  static void put(Map<Value, Value> members, Value key, Value value) throws ExpressionException {
    var same = Sequences.key(key);
    if (!(key instanceof Value.Text || key instanceof Value.Whole) || value instanceof Value.Once) {
      throw ExpressionException.opaque("a key that is " + same.type() + ", or an iterator");
    }
    members.put(key, value);
  }

  private Value twofold(String name, Value argument, List<Value> second)
      throws ExpressionException {
    if (!name.equals("round") || !second.isEmpty()) {
      for (var given : second) {
        Values.requireKnown(given);
      }
    }
    return switch (name) {
      case "round" -> rounded(argument, second);
      case "sum" -> sum(argument, second.isEmpty() ? new Value.Whole(0) : second.getFirst());
      default -> enumerated(argument, second.isEmpty() ? new Value.Whole(0) : second.getFirst());
    };
  }

  private static Value rounded(Value argument, List<Value> digits) throws ExpressionException {
    Values.requireKnown(argument);
    if (!Values.isNumber(argument)) {
      throw ExpressionException.wrong("round of " + argument.type());
    }
    boolean plain = digits.isEmpty() || digits.getFirst() instanceof Value.Nothing;
    if (!plain && !Values.isWhole(digits.getFirst())) {
      throw ExpressionException.wrong("round to " + digits.getFirst().type());
    }
    if (Values.isWhole(argument)) {
      if (!plain && Values.whole(digits.getFirst()) < 0) {
        throw ExpressionException.opaque("round of a whole number to tens");
      }
      return new Value.Whole(Values.whole(argument));
    }
    double real = Values.real(argument);
    if (plain) {
      return whole(new Value.Real(StrictMath.rint(real)));
    }
    long places = Values.whole(digits.getFirst());
    if (!Double.isFinite(real) || real == 0) {
      return argument;
    }
    if (Math.abs(places) > 20) {
      throw ExpressionException.opaque("round to " + places + " digits");
    }
    double rounded =
        new BigDecimal(real).setScale((int) places, RoundingMode.HALF_EVEN).doubleValue();
    return new Value.Real(Math.copySign(rounded, real));
  }

  private Value sum(Value over, Value start) throws ExpressionException {
    if (start instanceof Value.Text) {
      throw ExpressionException.wrong("sum of texts");
    }
    var sum = start;
    for (var element : Sequences.elements(over, budget)) {
      sum = Arithmetic.apply("+", sum, element, budget);
    }
    return sum;
  }

  private Value enumerated(Value over, Value start) throws ExpressionException {
    if (!Values.isWhole(start)) {
      throw ExpressionException.wrong("enumerate from " + start.type());
    }
    var pairs = new ArrayList<Value>();
    Value number = new Value.Whole(Values.whole(start));
    for (var element : Sequences.elements(over, budget)) {
      pairs.add(new Value.Fixed(List.of(number, element)));
      number = Arithmetic.apply("+", number, new Value.Whole(1), budget);
    }
    return new Value.Once(pairs);
  }

  private Value zipped(List<Value> arguments) throws ExpressionException {
    var all = new ArrayList<List<Value>>();
    int length = Integer.MAX_VALUE;
    for (var argument : arguments) {
      all.add(Sequences.elements(argument, budget));
      length = Math.min(length, all.getLast().size());
    }
    var tuples = new ArrayList<Value>();
    for (int i = 0; i < length && !all.isEmpty(); i++) {
      var tuple = new ArrayList<Value>();
      for (var elements : all) {
        tuple.add(elements.get(i));
      }
      tuples.add(new Value.Fixed(tuple));
    }
    return new Value.Once(tuples);
  }

  private static Value range(List<Value> arguments) throws ExpressionException {
    if (arguments.isEmpty() || arguments.size() > 3) {
      throw ExpressionException.wrong("range of " + arguments.size() + " arguments");
    }
    var bounds = new long[arguments.size()];
    for (int i = 0; i < bounds.length; i++) {
      Values.requireKnown(arguments.get(i));
      if (!Values.isWhole(arguments.get(i))) {
        throw ExpressionException.wrong("range of " + arguments.get(i).type());
      }
      bounds[i] = Values.whole(arguments.get(i));
      if (Math.abs(bounds[i]) > MOST) {
        throw ExpressionException.opaque(Arithmetic.TOO_LARGE);
      }
    }
    long step = bounds.length > 2 ? bounds[2] : 1;
    if (step == 0) {
      throw ExpressionException.wrong("range with the step 0");
    }
    return bounds.length == 1
        ? new Value.Range(0, bounds[0], 1)
        : new Value.Range(bounds[0], bounds[1], step);
  }

  private Value extreme(String name, List<Value> arguments) throws ExpressionException {
    if (arguments.isEmpty()) {
      throw ExpressionException.wrong(name + " of nothing");
    }
    var candidates =
        arguments.size() == 1 ? Sequences.elements(arguments.getFirst(), budget) : arguments;
    if (candidates.isEmpty()) {
      throw ExpressionException.wrong(name + " of nothing");
    }
    var best = candidates.getFirst();
    for (var candidate : candidates.subList(1, candidates.size())) {
      if (Values.ordered(name.equals("min") ? "<" : ">", candidate, best, budget)) {
        best = candidate;
      }
    }
    return best;
  }

  /// Stable; refuses what Python cannot order.
  private List<Value> sorted(List<Value> elements, boolean reverse) throws ExpressionException {
    var sorted = new ArrayList<>(elements);
    var failures = new ArrayList<ExpressionException>();
    for (var element : elements) {
      if (element instanceof Value.Real(double real) && Double.isNaN(real)) {
        throw ExpressionException.opaque("the order of what is not a number");
      }
    }
    Comparator<Value> order =
        (left, right) -> {
          try {
            return Values.ordered("<", left, right, budget)
                ? -1
                : Values.ordered("<", right, left, budget) ? 1 : 0;
          } catch (ExpressionException e) {
            failures.add(e);
            return 0;
          }
        };
    sorted.sort(reverse ? order.reversed() : order);
    if (!failures.isEmpty()) {
      throw failures.getFirst();
    }
    return sorted;
  }

  private Value path(String name, List<Value> arguments) throws ExpressionException {
    var parts = new ArrayList<String>();
    for (var argument : arguments) {
      Values.requireKnown(argument);
      if (!(argument instanceof Value.Text(var text))) {
        throw ExpressionException.wrong(name + " of " + argument.type());
      }
      parts.add(text);
    }
    boolean joins = name.endsWith("join");
    if (parts.isEmpty() || (!joins && parts.size() > 1)) {
      throw ExpressionException.wrong(name + " of " + parts.size() + " arguments");
    }
    var path = parts.getFirst();
    if (joins) {
      for (var part : parts.subList(1, parts.size())) {
        path =
            part.startsWith("/")
                ? part
                : path + (path.isEmpty() || path.endsWith("/") ? "" : "/") + part;
        budget.spend(path.length());
      }
      return new Value.Text(path);
    }
    int end = path.lastIndexOf('/') + 1;
    if (name.endsWith("basename")) {
      return new Value.Text(path.substring(end));
    }
    var head = path.substring(0, end);
    var stripped = head.replaceFirst("/+$", "");
    return new Value.Text(stripped.isEmpty() ? head : stripped);
  }
}
