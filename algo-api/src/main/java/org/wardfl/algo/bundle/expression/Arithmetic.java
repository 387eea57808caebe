package org.wardfl.algo.bundle.expression;

import java.math.BigDecimal;
import java.math.MathContext;

/// Python's operators on numbers and sequences. Whole numbers beyond 64 bits are opaque.
final class Arithmetic {

  static final String TOO_LARGE = "a whole number beyond 64 bits";

  private static final long EXACT = 1L << 53;
  private static final int MAX_EXPONENT = 64;

  private Arithmetic() {}

  static Value apply(String sign, Value left, Value right, Budget budget)
      throws ExpressionException {
    Values.requireKnown(left);
    Values.requireKnown(right);
    if (Values.isNumber(left) && Values.isNumber(right)) {
      return Values.isWhole(left) && Values.isWhole(right)
          ? wholes(sign, Values.whole(left), Values.whole(right))
          : new Value.Real(reals(sign, Values.real(left), Values.real(right)));
    }
    if (sign.equals("%") && left instanceof Value.Text) {
      throw ExpressionException.opaque("a text formatted by %");
    }
    return switch (sign) {
      case "+" -> joined(left, right, budget);
      case "*" ->
          Values.isWhole(left)
              ? repeated(right, Values.whole(left), left, budget)
              : repeated(left, Values.isWhole(right) ? Values.whole(right) : -1, right, budget);
      default -> throw ExpressionException.types(sign, left, right);
    };
  }

  static Value negated(Value value) throws ExpressionException {
    Values.requireKnown(value);
    if (value instanceof Value.Real(double real)) {
      return new Value.Real(-real);
    }
    if (!Values.isWhole(value)) {
      throw ExpressionException.wrong("- of " + value.type());
    }
    return wholes("-", 0, Values.whole(value));
  }

  static Value positive(Value value) throws ExpressionException {
    Values.requireKnown(value);
    if (!Values.isNumber(value)) {
      throw ExpressionException.wrong("+ of " + value.type());
    }
    return Values.isWhole(value) ? new Value.Whole(Values.whole(value)) : value;
  }

  private static Value wholes(String sign, long left, long right) throws ExpressionException {
    boolean divides = sign.equals("/") || sign.equals("//") || sign.equals("%");
    if (divides && right == 0) {
      throw ExpressionException.wrong("division by zero");
    }
    try {
      return switch (sign) {
        case "+" -> new Value.Whole(Math.addExact(left, right));
        case "-" -> new Value.Whole(Math.subtractExact(left, right));
        case "*" -> new Value.Whole(Math.multiplyExact(left, right));
        case "//" ->
            right == -1
                ? new Value.Whole(Math.negateExact(left))
                : new Value.Whole(Math.floorDiv(left, right));
        case "%" -> new Value.Whole(Math.floorMod(left, right));
        case "/" -> new Value.Real(quotient(left, right));
        default -> power(left, right);
      };
    } catch (ArithmeticException _) {
      throw ExpressionException.opaque(TOO_LARGE);
    }
  }

  /// Correctly rounded, as CPython's division of whole numbers.
  private static double quotient(long left, long right) {
    if (Math.abs(left) <= EXACT && Math.abs(right) <= EXACT) {
      return (double) left / right;
    }
    return new BigDecimal(left).divide(new BigDecimal(right), new MathContext(60)).doubleValue();
  }

  private static Value power(long base, long exponent) throws ExpressionException {
    if (exponent < 0) {
      return new Value.Real(power((double) base, (double) exponent));
    }
    long result = 1;
    if (base == 0 || base == 1) {
      return new Value.Whole(exponent == 0 ? 1 : base);
    }
    if (base == -1) {
      return new Value.Whole(exponent % 2 == 0 ? 1 : -1);
    }
    if (exponent > MAX_EXPONENT) {
      throw ExpressionException.opaque(TOO_LARGE);
    }
    for (long i = 0; i < exponent; i++) {
      result = Math.multiplyExact(result, base);
    }
    return new Value.Whole(result);
  }

  /// Only whole exponents up to 64: computed exactly and rounded once, so the result is that of any
  /// good `pow`.
  private static double power(double base, double exponent) throws ExpressionException {
    boolean small = Math.abs(exponent) <= MAX_EXPONENT && exponent == StrictMath.rint(exponent);
    if (!small || !Double.isFinite(base)) {
      throw ExpressionException.opaque("a power with another exponent than -64 to 64");
    }
    if (base == 0) {
      if (exponent < 0) {
        throw ExpressionException.wrong("a negative power of zero");
      }
      return StrictMath.pow(base, exponent);
    }
    var product = new BigDecimal(base).pow((int) Math.abs(exponent));
    double result =
        exponent < 0
            ? BigDecimal.ONE.divide(product, new MathContext(60)).doubleValue()
            : product.doubleValue();
    if (Double.isInfinite(result)) {
      throw ExpressionException.wrong("the result is too large");
    }
    return result;
  }

  private static double reals(String sign, double left, double right) throws ExpressionException {
    boolean divides = sign.equals("/") || sign.equals("//") || sign.equals("%");
    if (divides && right == 0) {
      throw ExpressionException.wrong("division by zero");
    }
    return switch (sign) {
      case "+" -> left + right;
      case "-" -> left - right;
      case "*" -> left * right;
      case "/" -> left / right;
      case "//" -> floorDivision(left, right);
      case "%" -> modulo(left, right);
      default -> power(left, right);
    };
  }

  /// Source: CPython `Objects/floatobject.c`, `_float_div_mod`.
  private static double floorDivision(double left, double right) {
    double rest = left % right;
    double quotient = (left - rest) / right;
    if (rest != 0 && (right < 0) != (rest < 0)) {
      quotient -= 1;
    }
    if (quotient == 0) {
      return Math.copySign(0, left / right);
    }
    double floor = StrictMath.floor(quotient);
    return quotient - floor > 0.5 ? floor + 1 : floor;
  }

  private static double modulo(double left, double right) {
    double rest = left % right;
    if (rest == 0) {
      return Math.copySign(0, right);
    }
    return (right < 0) == (rest < 0) ? rest : rest + right;
  }

  private static Value joined(Value left, Value right, Budget budget) throws ExpressionException {
    if (left instanceof Value.Text(var first) && right instanceof Value.Text(var second)) {
      budget.spend((long) first.length() + second.length());
      return new Value.Text(first + second);
    }
    if (left instanceof Value.Items(var first) && right instanceof Value.Items(var second)) {
      return new Value.Items(Sequences.joined(first, second, budget));
    }
    if (left instanceof Value.Fixed(var first) && right instanceof Value.Fixed(var second)) {
      return new Value.Fixed(Sequences.joined(first, second, budget));
    }
    throw ExpressionException.types("+", left, right);
  }

  private static Value repeated(Value value, long count, Value by, Budget budget)
      throws ExpressionException {
    if (!Values.isWhole(by)) {
      throw ExpressionException.types("*", value, by);
    }
    long times = Math.max(0, count);
    return switch (value) {
      case Value.Text(var text) -> {
        budget.spend(product(text.length(), times));
        yield new Value.Text(text.isEmpty() ? "" : text.repeat((int) times));
      }
      case Value.Items(var elements) ->
          new Value.Items(Sequences.repeated(elements, times, budget));
      case Value.Fixed(var elements) ->
          new Value.Fixed(Sequences.repeated(elements, times, budget));
      default -> throw ExpressionException.types("*", value, by);
    };
  }

  static long product(long left, long right) {
    long high = Math.multiplyHigh(left, right);
    return high == 0 && left * right >= 0 ? left * right : Long.MAX_VALUE;
  }
}
