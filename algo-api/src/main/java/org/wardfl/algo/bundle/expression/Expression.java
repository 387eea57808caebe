package org.wardfl.algo.bundle.expression;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// An expression that is plain data. Immutable; evaluating it runs nothing but this package.
public final class Expression {

  private final Syntax syntax;

  private Expression(Syntax syntax) {
    this.syntax = syntax;
  }

  /// Parses.
  ///
  /// @param text without its `$`; ids in it are absolute and separated by `::`
  /// @throws ExpressionException if it is not plain data, naming the first thing that is not
  public static Expression parse(String text) throws ExpressionException {
    return new Expression(Parser.parse(text.strip()));
  }

  /// Whether an expression is plain data; its value may still be unknown.
  ///
  /// @param text without its `$`
  public static boolean isPlain(String text) {
    try {
      parse(text);
      return true;
    } catch (ExpressionException _) {
      return false;
    }
  }

  /// Gives the value of an id.
  @FunctionalInterface
  public interface References {

    /// What the configuration has there, resolved.
    ///
    /// @throws ExpressionException if there is nothing, or it needs itself
    Value value(String id) throws ExpressionException;
  }

  /// Its value.
  ///
  /// @throws ExpressionException if it has none in Python, or only Python can tell
  public Value value(References references, SiteFiles files, Budget budget)
      throws ExpressionException {
    return new Evaluation(references, new Functions(files, budget), budget).of(syntax);
  }

  /// One evaluation; names that comprehensions bind are in its scope.
  private static final class Evaluation {

    private final References references;
    private final Functions functions;
    private final Budget budget;
    private final Map<String, Value> scope = new HashMap<>();

    Evaluation(References references, Functions functions, Budget budget) {
      this.references = references;
      this.functions = functions;
      this.budget = budget;
    }

    Value of(Syntax syntax) throws ExpressionException {
      budget.spend(1);
      return switch (syntax) {
        case Syntax.Literal(var value) -> value;
        case Syntax.Name(var name) -> named(name);
        case Syntax.Reference(var id) -> references.value(id);
        case Syntax.Unary(var sign, var operand) ->
            switch (sign) {
              case "-" -> Arithmetic.negated(of(operand));
              case "+" -> Arithmetic.positive(of(operand));
              default -> new Value.Truth(!Values.truth(of(operand)));
            };
        case Syntax.Binary(var sign, var left, var right) ->
            Arithmetic.apply(sign, of(left), of(right), budget);
        case Syntax.Logic(boolean both, var left, var right) -> {
          var first = of(left);
          yield Values.truth(first) == both ? of(right) : first;
        }
        case Syntax.Comparison comparison -> new Value.Truth(holds(comparison));
        case Syntax.Choice(var condition, var then, var otherwise) ->
            of(Values.truth(of(condition)) ? then : otherwise);
        case Syntax.Display(boolean fixed, var elements) -> {
          var values = all(elements);
          yield fixed ? new Value.Fixed(values) : new Value.Items(values);
        }
        case Syntax.Dictionary(var members) -> {
          var values = new LinkedHashMap<Value, Value>();
          for (var member : members) {
            var key = of(member.key());
            Functions.put(values, key, of(member.value()));
          }
          yield new Value.Mapping(values);
        }
        case Syntax.Comprehension comprehension -> comprehension(comprehension);
        case Syntax.Index(var whole, var at) -> Sequences.at(of(whole), of(at), budget);
        case Syntax.Slice(var whole, var from, var to, var step) ->
            Sequences.slice(of(whole), optional(from), optional(to), optional(step), budget);
        case Syntax.Call(var function, var arguments, var keywords) -> {
          var values = new ArrayList<Value>();
          for (var argument : arguments) {
            values.add(of(argument));
          }
          var named = new LinkedHashMap<String, Value>();
          for (var keyword : keywords.entrySet()) {
            named.put(keyword.getKey(), of(keyword.getValue()));
          }
          yield functions.call(function, values, named);
        }
        case Syntax.Joined(var parts) -> {
          var text = new StringBuilder();
          for (var part : parts) {
            text.append(Values.text(of(part), budget));
            budget.spend(text.length());
          }
          yield new Value.Text(text.toString());
        }
      };
    }

    private Value named(String name) throws ExpressionException {
      var value = scope.get(name);
      if (value == null) {
        throw ExpressionException.wrong("the name " + name + " is not bound here");
      }
      return value;
    }

    private Optional<Value> optional(Optional<Syntax> syntax) throws ExpressionException {
      return syntax.isPresent() ? Optional.of(of(syntax.get())) : Optional.empty();
    }

    /// Elements of a list; an iterator there would be gone through by someone else later.
    private List<Value> all(List<Syntax> parts) throws ExpressionException {
      var values = new ArrayList<Value>();
      for (var part : parts) {
        values.add(kept(of(part)));
      }
      return values;
    }

    private static Value kept(Value value) throws ExpressionException {
      if (value instanceof Value.Once) {
        throw ExpressionException.opaque("an iterator that is kept");
      }
      return value;
    }

    private boolean holds(Syntax.Comparison comparison) throws ExpressionException {
      var left = of(comparison.first());
      for (var link : comparison.links()) {
        var right = of(link.right());
        if (!holds(link.sign(), left, right)) {
          return false;
        }
        left = right;
      }
      return true;
    }

    private boolean holds(String sign, Value left, Value right) throws ExpressionException {
      return switch (sign) {
        case "==" -> Values.equal(left, right, budget);
        case "!=" -> !Values.equal(left, right, budget);
        case "in" -> contains(left, right);
        case "not in" -> !contains(left, right);
        case "is", "is not" -> {
          Values.requireKnown(left);
          Values.requireKnown(right);
          if (!(left instanceof Value.Nothing) && !(right instanceof Value.Nothing)) {
            throw ExpressionException.opaque("whether two values are the same object");
          }
          yield left.equals(right) == sign.equals("is");
        }
        default -> Values.ordered(sign, left, right, budget);
      };
    }

    private boolean contains(Value part, Value whole) throws ExpressionException {
      Values.requireKnown(part);
      if (whole instanceof Value.Text(var text)) {
        if (!(part instanceof Value.Text(var wanted))) {
          throw ExpressionException.types("in", part, whole);
        }
        budget.spend((long) text.length() + wanted.length());
        return text.contains(wanted);
      }
      if (whole instanceof Value.Mapping(var members)) {
        return members.containsKey(Sequences.key(part));
      }
      for (var element : Sequences.elements(whole, budget)) {
        if (Values.equal(part, element, budget)) {
          return true;
        }
      }
      return false;
    }

    private Value comprehension(Syntax.Comprehension comprehension) throws ExpressionException {
      var elements = new ArrayList<Value>();
      var members = new LinkedHashMap<Value, Value>();
      var before = Map.copyOf(scope);
      through(
          comprehension.clauses(),
          () -> {
            if (comprehension.key().isPresent()) {
              var key = of(comprehension.key().get());
              Functions.put(members, key, of(comprehension.element()));
            } else {
              elements.add(kept(of(comprehension.element())));
            }
          });
      scope.clear();
      scope.putAll(before);
      if (comprehension.key().isPresent()) {
        return new Value.Mapping(members);
      }
      return comprehension.once() ? new Value.Once(elements) : new Value.Items(elements);
    }

    private interface Step {
      void take() throws ExpressionException;
    }

    private void through(List<Syntax.Clause> clauses, Step step) throws ExpressionException {
      if (clauses.isEmpty()) {
        step.take();
        return;
      }
      var rest = clauses.subList(1, clauses.size());
      switch (clauses.getFirst()) {
        case Syntax.If(var condition) -> {
          if (Values.truth(of(condition))) {
            through(rest, step);
          }
        }
        case Syntax.For(var names, var over) -> {
          for (var element : Sequences.elements(of(over), budget)) {
            bind(names, element);
            through(rest, step);
          }
        }
      }
    }

    private void bind(List<String> names, Value element) throws ExpressionException {
      if (names.size() == 1) {
        scope.put(names.getFirst(), kept(element));
        return;
      }
      var parts = Sequences.elements(element, budget);
      if (parts.size() != names.size()) {
        throw ExpressionException.wrong(parts.size() + " values for " + names.size() + " names");
      }
      for (int i = 0; i < parts.size(); i++) {
        scope.put(names.get(i), parts.get(i));
      }
    }
  }
}
