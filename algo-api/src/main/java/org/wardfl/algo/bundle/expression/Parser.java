package org.wardfl.algo.bundle.expression;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Parses the closed grammar, from the weakest operator to the strongest. Whatever does not fit is
/// opaque, whether Python knows it or not.
final class Parser {

  private static final int MAX_DEPTH = 60;
  private static final int MAX_OPERATORS = 1_000;
  private static final Set<String> COMPARISONS = Set.of("<", "<=", ">", ">=", "==", "!=");
  private static final Syntax NOTHING = new Syntax.Literal(new Value.Nothing());
  private static final Set<String> KEYWORDS =
      Set.of(
          "and", "or", "not", "if", "else", "for", "in", "is", "lambda", "None", "True", "False",
          "yield", "await", "async");

  private final List<Token> tokens;
  private final Set<String> bound;
  private int at;
  private int depth;
  private int operators;

  private Parser(List<Token> tokens, Set<String> bound) {
    this.tokens = tokens;
    this.bound = bound;
  }

  /// @throws ExpressionException opaque, saying why
  static Syntax parse(String text) throws ExpressionException {
    return parse(text, new HashSet<>(), 0);
  }

  private static Syntax parse(String text, Set<String> bound, int depth)
      throws ExpressionException {
    var parser = new Parser(Tokens.of(text), bound);
    parser.depth = depth;
    var syntax = parser.expression();
    if (!(parser.peek() instanceof Token.End)) {
      throw parser.unexpected();
    }
    return syntax;
  }

  private Syntax expression() throws ExpressionException {
    depth++;
    if (depth > MAX_DEPTH) {
      throw ExpressionException.opaque("nested deeper than " + MAX_DEPTH);
    }
    var value = or();
    if (word("if")) {
      var condition = or();
      expect("else");
      value = new Syntax.Choice(condition, value, expression());
    }
    depth--;
    return value;
  }

  /// Chains are as deep as they are long.
  private Syntax counted(Syntax operation) throws ExpressionException {
    operators++;
    if (operators > MAX_OPERATORS) {
      throw ExpressionException.opaque("more than " + MAX_OPERATORS + " operators");
    }
    return operation;
  }

  private Syntax or() throws ExpressionException {
    var left = and();
    while (word("or")) {
      left = counted(new Syntax.Logic(false, left, and()));
    }
    return left;
  }

  private Syntax and() throws ExpressionException {
    var left = not();
    while (word("and")) {
      left = counted(new Syntax.Logic(true, left, not()));
    }
    return left;
  }

  private Syntax not() throws ExpressionException {
    int count = 0;
    while (word("not")) {
      count++;
    }
    if (count > MAX_DEPTH) {
      throw ExpressionException.opaque("nested deeper than " + MAX_DEPTH);
    }
    var operand = comparison();
    for (int i = 0; i < count; i++) {
      operand = new Syntax.Unary("not", operand);
    }
    return operand;
  }

  private Syntax comparison() throws ExpressionException {
    var first = sum();
    var links = new ArrayList<Syntax.Link>();
    for (var sign = comparator(); !sign.isEmpty(); sign = comparator()) {
      links.add(new Syntax.Link(sign, sum()));
    }
    return links.isEmpty() ? first : new Syntax.Comparison(first, links);
  }

  private String comparator() throws ExpressionException {
    if (peek() instanceof Token.Sign(var sign) && COMPARISONS.contains(sign)) {
      at++;
      return sign;
    }
    if (word("in")) {
      return "in";
    }
    if (word("is")) {
      return word("not") ? "is not" : "is";
    }
    if (peek().equals(new Token.Word("not")) && tokens.get(at + 1).equals(new Token.Word("in"))) {
      at += 2;
      return "not in";
    }
    return "";
  }

  private Syntax sum() throws ExpressionException {
    var left = product();
    while (peek() instanceof Token.Sign(var sign) && (sign.equals("+") || sign.equals("-"))) {
      at++;
      left = counted(new Syntax.Binary(sign, left, product()));
    }
    return left;
  }

  private Syntax product() throws ExpressionException {
    var left = signed();
    while (peek() instanceof Token.Sign(var sign) && Set.of("*", "/", "//", "%").contains(sign)) {
      at++;
      left = counted(new Syntax.Binary(sign, left, signed()));
    }
    return left;
  }

  private Syntax signed() throws ExpressionException {
    if (peek() instanceof Token.Sign(var sign) && (sign.equals("+") || sign.equals("-"))) {
      at++;
      depth++;
      if (depth > MAX_DEPTH) {
        throw ExpressionException.opaque("nested deeper than " + MAX_DEPTH);
      }
      var operand = signed();
      depth--;
      return new Syntax.Unary(sign, operand);
    }
    var base = postfix();
    if (sign("**")) {
      depth++;
      if (depth > MAX_DEPTH) {
        throw ExpressionException.opaque("nested deeper than " + MAX_DEPTH);
      }
      var exponent = signed();
      depth--;
      return new Syntax.Binary("**", base, exponent);
    }
    return base;
  }

  private Syntax postfix() throws ExpressionException {
    var value = atom();
    while (sign("[")) {
      value = counted(subscript(value));
    }
    if (peek() instanceof Token.Sign(var sign) && sign.equals("(")) {
      throw ExpressionException.opaque("a call of a value");
    }
    return value;
  }

  private Syntax subscript(Syntax of) throws ExpressionException {
    var from = bound(":", "]");
    if (from.isPresent() && sign("]")) {
      return new Syntax.Index(of, from.get());
    }
    expectSign(":");
    var to = bound(":", "]");
    var step = sign(":") ? bound("]", "]") : Optional.<Syntax>empty();
    expectSign("]");
    return new Syntax.Slice(of, from, to, step);
  }

  private Optional<Syntax> bound(String end, String otherEnd) throws ExpressionException {
    return peek() instanceof Token.Sign(var sign) && (sign.equals(end) || sign.equals(otherEnd))
        ? Optional.empty()
        : Optional.of(expression());
  }

  private Syntax atom() throws ExpressionException {
    var token = peek();
    at++;
    return switch (token) {
      case Token.Constant(var value) -> new Syntax.Literal(value);
      case Token.Reference(var id) -> new Syntax.Reference(id);
      case Token.Formatted(var parts) -> joined(parts);
      case Token.Word(var word) -> named(word);
      case Token.Sign(var sign) ->
          switch (sign) {
            case "(" -> parenthesized();
            case "[" -> list();
            case "{" -> dictionary();
            default -> throw back();
          };
      case Token.Stray _, Token.End _ -> throw back();
    };
  }

  private Syntax joined(List<String> parts) throws ExpressionException {
    var all = new ArrayList<Syntax>();
    for (int i = 0; i < parts.size(); i++) {
      all.add(
          i % 2 == 0
              ? new Syntax.Literal(new Value.Text(parts.get(i)))
              : parse(parts.get(i), bound, depth + 1));
    }
    return new Syntax.Joined(all);
  }

  private Syntax named(String word) throws ExpressionException {
    if (word.equals("None")) {
      return NOTHING;
    }
    if (word.equals("True") || word.equals("False")) {
      return new Syntax.Literal(new Value.Truth(word.equals("True")));
    }
    if (bound.contains(word)) {
      return new Syntax.Name(word);
    }
    if (Functions.NAMES.contains(word) && sign("(")) {
      return call(word);
    }
    throw ExpressionException.opaque("the name " + word);
  }

  private Syntax call(String function) throws ExpressionException {
    var arguments = new ArrayList<Syntax>();
    var keywords = new LinkedHashMap<String, Syntax>();
    while (!sign(")")) {
      if (!arguments.isEmpty() || !keywords.isEmpty()) {
        expectSign(",");
        if (sign(")")) {
          break;
        }
      }
      if (peek() instanceof Token.Word(var name)
          && tokens.get(at + 1).equals(new Token.Sign("="))) {
        at += 2;
        keywords.put(name, expression());
      } else if (keywords.isEmpty() && clauses() >= 0) {
        if (!arguments.isEmpty()) {
          throw unexpected();
        }
        arguments.add(comprehension(true, false));
      } else if (keywords.isEmpty()) {
        arguments.add(expression());
      } else {
        throw unexpected();
      }
    }
    return new Syntax.Call(function, arguments, keywords);
  }

  private Syntax parenthesized() throws ExpressionException {
    if (sign(")")) {
      return new Syntax.Display(true, List.of());
    }
    var first = expression();
    if (sign(")")) {
      return first;
    }
    var elements = new ArrayList<>(List.of(first));
    while (!sign(")")) {
      expectSign(",");
      if (sign(")")) {
        break;
      }
      elements.add(expression());
    }
    return new Syntax.Display(true, elements);
  }

  private Syntax list() throws ExpressionException {
    if (clauses() >= 0) {
      var made = comprehension(false, false);
      expectSign("]");
      return made;
    }
    var elements = new ArrayList<Syntax>();
    while (!sign("]")) {
      if (!elements.isEmpty()) {
        expectSign(",");
        if (sign("]")) {
          break;
        }
      }
      elements.add(expression());
    }
    return new Syntax.Display(false, elements);
  }

  private Syntax dictionary() throws ExpressionException {
    if (clauses() >= 0) {
      var made = comprehension(false, true);
      expectSign("}");
      return made;
    }
    var members = new ArrayList<Syntax.Member>();
    while (!sign("}")) {
      if (!members.isEmpty()) {
        expectSign(",");
        if (sign("}")) {
          break;
        }
      }
      members.add(member());
    }
    return new Syntax.Dictionary(members);
  }

  private Syntax.Member member() throws ExpressionException {
    var key = expression();
    expectSign(":");
    return new Syntax.Member(key, expression());
  }

  /// Where, before the bracket that is open here closes, a `for` stands; or -1.
  private int clauses() {
    int open = 0;
    for (int i = at; i < tokens.size() && open >= 0; i++) {
      switch (tokens.get(i)) {
        case Token.Sign(var sign) ->
            open += "([{".contains(sign) ? 1 : ")]}".contains(sign) ? -1 : 0;
        case Token.Word(var word) -> {
          if (open == 0 && word.equals("for")) {
            return i;
          }
        }
        default -> {}
      }
    }
    return -1;
  }

  /// Clauses first: they bind the names of the element, which stands before them.
  private Syntax comprehension(boolean once, boolean keyed) throws ExpressionException {
    int start = at;
    int first = clauses();
    var own = new HashSet<String>();
    var parts = new ArrayList<Syntax.Clause>();
    at = first;
    while (peek() instanceof Token.Word(var word) && Set.of("for", "if").contains(word)) {
      at++;
      parts.add(word.equals("if") ? new Syntax.If(or()) : loop(own));
    }
    int end = at;
    at = start;
    var made = keyed ? member() : new Syntax.Member(NOTHING, expression());
    if (at != first) {
      throw unexpected();
    }
    at = end;
    bound.removeAll(own);
    return new Syntax.Comprehension(
        once, keyed ? Optional.of(made.key()) : Optional.empty(), made.value(), parts);
  }

  private Syntax.For loop(Set<String> own) throws ExpressionException {
    boolean parentheses = sign("(");
    var names = new ArrayList<String>();
    do {
      names.add(variable());
    } while (sign(","));
    if (parentheses) {
      expectSign(")");
    }
    expect("in");
    var over = or();
    for (var name : names) {
      if (bound.add(name)) {
        own.add(name);
      }
    }
    return new Syntax.For(names, over);
  }

  private String variable() throws ExpressionException {
    if (peek() instanceof Token.Word(var name)
        && !name.contains(".")
        && !name.contains("__")
        && !KEYWORDS.contains(name)
        && !Functions.NAMES.contains(name)) {
      at++;
      return name;
    }
    throw unexpected();
  }

  private boolean word(String wanted) {
    return taken(new Token.Word(wanted));
  }

  private boolean sign(String wanted) {
    return taken(new Token.Sign(wanted));
  }

  private boolean taken(Token wanted) {
    if (!peek().equals(wanted)) {
      return false;
    }
    at++;
    return true;
  }

  private void expect(String wanted) throws ExpressionException {
    if (!word(wanted)) {
      throw unexpected();
    }
  }

  private void expectSign(String wanted) throws ExpressionException {
    if (!sign(wanted)) {
      throw unexpected();
    }
  }

  private ExpressionException back() {
    at--;
    return unexpected();
  }

  private ExpressionException unexpected() {
    return ExpressionException.opaque(
        switch (peek()) {
          case Token.Word(var word) -> "the word " + word;
          case Token.Sign(var sign) -> "'" + sign + "' where it stands";
          case Token.Stray(var why) -> why;
          case Token.End _ -> "it ends too early";
          case Token.Constant _, Token.Reference _, Token.Formatted _ -> "two values in a row";
        });
  }

  private Token peek() {
    return tokens.get(at);
  }
}
