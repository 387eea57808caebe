package org.wardfl.algo.bundle.expression;

import java.util.List;
import java.util.random.RandomGenerator;

/// Makes expressions of the grammar at random, mostly of fitting types.
final class ExpressionMaker {

  private static final List<String> WORDS =
      List.of(
          "''",
          "'a'",
          "\"b c\"",
          "'/data'",
          "'x.nii.gz'",
          "'it\\'s'",
          "\"\\t\\\\\"",
          "'-7'",
          "'1e3'");
  private static final List<String> WHOLES =
      List.of("0", "1", "2", "3", "7", "-4", "10", "100", "@count", "1_000", "@lengths[0]");
  private static final List<String> REALS =
      List.of(
          "0.0", "0.1", "2.5", "-1.5", "1e-4", "1e16", "3.", ".5", "1e-05", "@rate", "123456.789");

  private final RandomGenerator random;
  private int names;

  ExpressionMaker(RandomGenerator random) {
    this.random = random;
  }

  /// One expression.
  String next() {
    names = 0;
    return any(4);
  }

  private String one(String... choices) {
    return choices[random.nextInt(choices.length)];
  }

  private static String one(RandomGenerator random, List<String> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  private String any(int depth) {
    return switch (random.nextInt(6)) {
      case 0 -> number(depth);
      case 1 -> text(depth);
      case 2 -> list(depth);
      case 3 -> truth(depth);
      case 4 -> tuple(depth);
      default -> random.nextInt(3) == 0 ? dictionary(depth) : number(depth);
    };
  }

  private String number(int depth) {
    if (depth == 0) {
      return random.nextBoolean() ? one(random, WHOLES) : one(random, REALS);
    }
    int d = depth - 1;
    return switch (random.nextInt(14)) {
      case 0, 1 -> number(d) + one(" + ", " - ", "*", " * ") + number(d);
      case 2 -> "(" + number(d) + ")" + one(" / ", "//", " % ") + number(d);
      case 3 -> whole(d) + " ** " + one("0", "1", "2", "3", "-1", "-2");
      case 4 -> one("-", "+", "--") + number(d);
      case 5 -> "len(" + sequence(d) + ")";
      case 6 -> one("int", "float", "abs", "round") + "(" + number(d) + ")";
      case 7 -> one("int", "float") + "(" + text(d) + ")";
      case 8 -> one("min", "max", "sum") + "(" + numbers(d) + ")";
      case 9 -> one("min", "max") + "(" + number(d) + ", " + number(d) + ")";
      case 10 -> numbers(d) + "[" + one("0", "-1", "1", "@count", "9") + "]";
      case 11 -> choice(number(d), number(d), d);
      case 12 -> "round(" + number(d) + ", " + one("0", "1", "2", "3") + ")";
      default -> "sum(" + numbers(d) + ", " + number(0) + ")";
    };
  }

  private String whole(int depth) {
    return depth == 0
        ? one(random, WHOLES)
        : "(" + whole(depth - 1) + one("+", "-", "*", "//", "%") + whole(depth - 1) + ")";
  }

  private String text(int depth) {
    if (depth == 0) {
      return one(random, WORDS);
    }
    int d = depth - 1;
    return switch (random.nextInt(10)) {
      case 0, 1 -> text(d) + " + " + text(d);
      case 2 -> "str(" + any(d) + ")";
      case 3 -> text(d) + " * " + one("0", "2", "-1", "3", "True");
      case 4 -> "(" + text(d) + ")" + part();
      case 5 -> "os.path." + one("basename", "dirname") + "(" + text(d) + ")";
      case 6 -> "os.path.join(" + text(d) + ", " + text(d) + one(")", ", 'z')", ",)");
      case 7 -> "f\"" + one("", "a{{", "fold-") + "{@count}" + one("", "-{@rate}", "}}") + "\"";
      case 8 -> "@names[" + one("0", "-1", "5", "1") + "]";
      default -> choice(text(d), text(d), d);
    };
  }

  private String truth(int depth) {
    if (depth == 0) {
      return one("True", "False", "@flag", "None");
    }
    int d = depth - 1;
    return switch (random.nextInt(9)) {
      case 0 -> number(d) + comparison() + number(d);
      case 1 -> number(d) + comparison() + number(d) + comparison() + number(d);
      case 2 -> "(" + any(d) + ")" + one(" == ", " != ") + "(" + any(d) + ")";
      case 3 -> truth(d) + one(" and ", " or ") + truth(d);
      case 4 -> "not " + any(d);
      case 5 -> one("bool(", "any(", "all(") + (random.nextBoolean() ? list(d) : any(d)) + ")";
      case 6 -> "(" + any(d) + ")" + one(" in ", " not in ") + sequence(d);
      case 7 -> "(" + any(d) + ")" + one(" is None", " is not None");
      default -> text(d) + comparison() + text(d);
    };
  }

  private String comparison() {
    return one(" < ", " <= ", " > ", " >= ", " == ", " != ");
  }

  private String choice(String then, String otherwise, int depth) {
    return "(" + then + " if " + truth(depth) + " else " + otherwise + ")";
  }

  private String part() {
    return one(
        "[0]",
        "[-1]",
        "[1:]",
        "[:-1]",
        "[::2]",
        "[::-1]",
        "[-3:-1]",
        "[2:0:-1]",
        "[:]",
        "[9:]",
        "[None:2]",
        "[5]");
  }

  private String numbers(int depth) {
    return switch (random.nextInt(4)) {
      case 0 -> "[" + number(depth) + ", " + number(depth) + ", 3]";
      case 1 -> "@lengths";
      case 2 -> "range(" + one("5", "@count", "1, 9, 3", "5, 0, -2", "0") + ")";
      default -> "(" + number(depth) + ", 0.5)";
    };
  }

  private String sequence(int depth) {
    return switch (random.nextInt(5)) {
      case 0 -> numbers(depth);
      case 1 -> text(Math.min(depth, 1));
      case 2 -> dictionary(Math.min(depth, 1));
      case 3 -> any(depth);
      default -> list(depth);
    };
  }

  private String list(int depth) {
    if (depth == 0) {
      return one("[]", "@names", "@lengths", "[1, 'a']", "[[1], [2, 3]]");
    }
    int d = depth - 1;
    var name = "v" + names++;
    return switch (random.nextInt(11)) {
      case 0 -> "[" + any(d) + ", " + any(d) + one("]", ",]");
      case 1 -> list(d) + " + " + list(d);
      case 2 -> list(d) + part();
      case 3 -> "[" + name + one(" * 2", "", " == 1") + " for " + name + " in " + sequence(d) + "]";
      case 4 ->
          "[{'image': "
              + name
              + ", 'label': "
              + name
              + "w} for "
              + name
              + ", "
              + name
              + "w in zip("
              + list(d)
              + ", "
              + list(d)
              + ")]";
      case 5 -> "list(" + one("range(3)", "zip(@names, @lengths)", sequence(d)) + ")";
      case 6 -> "sorted(" + one(numbers(d), "@names", list(d)) + one(")", ", reverse=True)");
      case 7 ->
          "["
              + name
              + " for "
              + name
              + " in "
              + numbers(d)
              + " if "
              + name
              + comparison()
              + number(0)
              + "]";
      case 8 -> "2 * " + list(d);
      case 9 -> "list(enumerate(" + sequence(d) + one(")", ", 3)") + ")";
      default ->
          "[("
              + name
              + ", "
              + name
              + "w) for "
              + name
              + " in @names for "
              + name
              + "w in "
              + numbers(d)
              + "]";
    };
  }

  private String tuple(int depth) {
    if (depth == 0) {
      return one("()", "(1,)", "(1, 2)", "('a', 0.5)");
    }
    int d = depth - 1;
    return switch (random.nextInt(4)) {
      case 0 -> "(" + any(d) + ", " + any(d) + ")";
      case 1 -> "tuple(" + sequence(d) + ")";
      case 2 -> tuple(d) + part();
      default -> tuple(d) + one(" + ", " * ") + one(tuple(d), "2");
    };
  }

  private String dictionary(int depth) {
    if (depth == 0) {
      return one("{}", "{'a': 1}", "{1: 'x', 'b': None}", "@table");
    }
    int d = depth - 1;
    var name = "k" + names++;
    return switch (random.nextInt(3)) {
      case 0 -> "{'a': " + any(d) + ", " + whole(0) + ": " + any(d) + "}";
      case 1 -> "{str(" + name + "): " + name + " for " + name + " in " + numbers(d) + "}";
      default -> "dict(zip(@names, " + sequence(d) + "))";
    };
  }
}
