package org.wardfl.algo.bundle.expression;

import java.math.BigDecimal;
import java.util.List;

/// What Python says of values: truth, equality, order, text.
final class Values {

  private Values() {}

  static void requireKnown(Value value) throws ExpressionException {
    if (value instanceof Value.Unknown(var why)) {
      throw ExpressionException.opaque(why);
    }
    if (value instanceof Value.Made(var id)) {
      throw ExpressionException.opaque("an object that is made at " + id);
    }
    if (value instanceof Value.Once) {
      throw ExpressionException.opaque("an iterator, of which only Python knows how far it got");
    }
  }

  static boolean isWhole(Value value) {
    return value instanceof Value.Whole || value instanceof Value.Truth;
  }

  static boolean isNumber(Value value) {
    return isWhole(value) || value instanceof Value.Real;
  }

  /// Of a whole number or a truth.
  static long whole(Value value) {
    return switch (value) {
      case Value.Whole(long number) -> number;
      case Value.Truth(boolean truth) -> truth ? 1 : 0;
      default -> throw new IllegalArgumentException(value.type());
    };
  }

  /// Of any number.
  static double real(Value value) {
    return value instanceof Value.Real(double real) ? real : whole(value);
  }

  static boolean truth(Value value) throws ExpressionException {
    requireKnown(value);
    return switch (value) {
      case Value.Nothing _ -> false;
      case Value.Truth(boolean truth) -> truth;
      case Value.Whole(long number) -> number != 0;
      case Value.Real(double number) -> number != 0;
      case Value.Text(var text) -> !text.isEmpty();
      case Value.Items(var elements) -> !elements.isEmpty();
      case Value.Fixed(var elements) -> !elements.isEmpty();
      case Value.Mapping(var members) -> !members.isEmpty();
      case Value.Range range -> range.size() > 0;
      case Value.Once _, Value.Made _, Value.Unknown _ ->
          throw new IllegalStateException(value.type());
    };
  }

  /// `==`.
  static boolean equal(Value left, Value right, Budget budget) throws ExpressionException {
    requireKnown(left);
    requireKnown(right);
    budget.spend(1);
    if (isNumber(left) && isNumber(right)) {
      return compareNumbers(left, right) == 0;
    }
    return switch (left) {
      case Value.Text(var text) -> right instanceof Value.Text(var other) && text.equals(other);
      case Value.Items(var elements) ->
          right instanceof Value.Items(var others) && equal(elements, others, budget);
      case Value.Fixed(var elements) ->
          right instanceof Value.Fixed(var others) && equal(elements, others, budget);
      case Value.Range range ->
          right instanceof Value.Range other
              && equal(
                  Sequences.elements(range, budget), Sequences.elements(other, budget), budget);
      case Value.Mapping(var members) -> {
        if (!(right instanceof Value.Mapping(var others)) || members.size() != others.size()) {
          yield false;
        }
        for (var member : members.entrySet()) {
          var other = others.get(member.getKey());
          if (other == null || !equal(member.getValue(), other, budget)) {
            yield false;
          }
        }
        yield true;
      }
      case Value.Nothing _ -> right instanceof Value.Nothing;
      case Value.Truth _,
          Value.Whole _,
          Value.Real _,
          Value.Once _,
          Value.Made _,
          Value.Unknown _ ->
          false;
    };
  }

  private static boolean equal(List<Value> left, List<Value> right, Budget budget)
      throws ExpressionException {
    if (left.size() != right.size()) {
      return false;
    }
    for (int i = 0; i < left.size(); i++) {
      if (!equal(left.get(i), right.get(i), budget)) {
        return false;
      }
    }
    return true;
  }

  /// Below 0, 0 or above 0; [Integer#MIN_VALUE] if one is not a number.
  private static int compareNumbers(Value left, Value right) {
    if (isWhole(left) && isWhole(right)) {
      return Long.compare(whole(left), whole(right));
    }
    double first = real(left);
    double second = real(right);
    if (Double.isNaN(first) || Double.isNaN(second)) {
      return Integer.MIN_VALUE;
    }
    if (Double.isInfinite(first) || Double.isInfinite(second)) {
      return Double.compare(first, second);
    }
    return exact(left).compareTo(exact(right));
  }

  private static BigDecimal exact(Value number) {
    return number instanceof Value.Real(double real)
        ? new BigDecimal(real)
        : new BigDecimal(whole(number));
  }

  /// `<`, `<=`, `>` or `>=`.
  static boolean ordered(String sign, Value left, Value right, Budget budget)
      throws ExpressionException {
    requireKnown(left);
    requireKnown(right);
    budget.spend(1);
    if (isNumber(left) && isNumber(right)) {
      int order = compareNumbers(left, right);
      return order != Integer.MIN_VALUE && holds(sign, order);
    }
    if (left instanceof Value.Text(var text) && right instanceof Value.Text(var other)) {
      budget.spend(Math.min(text.length(), other.length()));
      return holds(
          sign,
          java.util.Arrays.compare(text.codePoints().toArray(), other.codePoints().toArray()));
    }
    if (left instanceof Value.Items(var elements) && right instanceof Value.Items(var others)) {
      return ordered(sign, elements, others, budget);
    }
    if (left instanceof Value.Fixed(var elements) && right instanceof Value.Fixed(var others)) {
      return ordered(sign, elements, others, budget);
    }
    throw ExpressionException.types(sign, left, right);
  }

  private static boolean ordered(String sign, List<Value> left, List<Value> right, Budget budget)
      throws ExpressionException {
    for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
      if (!equal(left.get(i), right.get(i), budget)) {
        return ordered(sign, left.get(i), right.get(i), budget);
      }
    }
    return holds(sign, Integer.compare(left.size(), right.size()));
  }

  private static boolean holds(String sign, int order) {
    return switch (sign) {
      case "<" -> order < 0;
      case "<=" -> order <= 0;
      case ">" -> order > 0;
      default -> order >= 0;
    };
  }

  /// `str(value)`.
  static String text(Value value, Budget budget) throws ExpressionException {
    requireKnown(value);
    return value instanceof Value.Text(var text) ? text : shown(value, budget);
  }

  /// `repr(value)`.
  private static String shown(Value value, Budget budget) throws ExpressionException {
    requireKnown(value);
    var shown =
        switch (value) {
          case Value.Nothing _ -> "None";
          case Value.Truth(boolean truth) -> truth ? "True" : "False";
          case Value.Whole(long number) -> Long.toString(number);
          case Value.Real(double number) -> shown(number);
          case Value.Text(var text) -> quoted(text);
          case Value.Items(var elements) -> "[" + shown(elements, budget) + "]";
          case Value.Fixed(var elements) ->
              "(" + shown(elements, budget) + (elements.size() == 1 ? ",)" : ")");
          case Value.Mapping(var members) -> {
            var all = new java.util.StringJoiner(", ", "{", "}");
            for (var member : members.entrySet()) {
              all.add(shown(member.getKey(), budget) + ": " + shown(member.getValue(), budget));
            }
            yield all.toString();
          }
          case Value.Range(long start, long stop, long step) ->
              "range(" + start + ", " + stop + (step == 1 ? ")" : ", " + step + ")");
          case Value.Once _, Value.Made _, Value.Unknown _ ->
              throw new IllegalStateException(value.type());
        };
    budget.spend(shown.length());
    return shown;
  }

  private static String shown(List<Value> elements, Budget budget) throws ExpressionException {
    var all = new java.util.StringJoiner(", ");
    for (var element : elements) {
      all.add(shown(element, budget));
    }
    return all.toString();
  }

  /// The shortest digits that give the number back, in CPython's form: `1e-05`, `1e+16`, `2.0`.
  private static String shown(double number) {
    if (!Double.isFinite(number)) {
      return Double.isNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
    }
    if (number == 0) {
      return 1 / number < 0 ? "-0.0" : "0.0";
    }
    var decimal = new BigDecimal(Double.toString(number)).stripTrailingZeros();
    int exponent = decimal.precision() - decimal.scale() - 1;
    if (exponent >= -4 && exponent < 16) {
      var plain = decimal.toPlainString();
      return plain.contains(".") ? plain : plain + ".0";
    }
    var digits = decimal.unscaledValue().abs().toString();
    var mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
    int size = Math.abs(exponent);
    return (number < 0 ? "-" : "")
        + mantissa
        + (exponent < 0 ? "e-" : "e+")
        + (size < 10 ? "0" : "")
        + size;
  }

  private static String quoted(String text) throws ExpressionException {
    char quote = text.contains("'") && !text.contains("\"") ? '"' : '\'';
    var quoted = new StringBuilder().append(quote);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c > 0x7e || (c < 0x20 && c != '\n' && c != '\t')) {
        throw ExpressionException.opaque("the form of a text with other characters than ASCII");
      }
      switch (c) {
        case '\n' -> quoted.append("\\n");
        case '\t' -> quoted.append("\\t");
        case '\\' -> quoted.append("\\\\");
        default -> quoted.append(c == quote ? "\\" + c : String.valueOf(c));
      }
    }
    return quoted.append(quote).toString();
  }
}
