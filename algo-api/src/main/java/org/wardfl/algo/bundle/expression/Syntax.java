package org.wardfl.algo.bundle.expression;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The form of an expression.
sealed interface Syntax {

  record Literal(Value value) implements Syntax {}

  /// A name that a comprehension binds.
  record Name(String name) implements Syntax {}

  /// What a configuration has under an id.
  record Reference(String id) implements Syntax {}

  /// `-`, `+` or `not` before an operand.
  record Unary(String sign, Syntax operand) implements Syntax {}

  /// Arithmetic.
  record Binary(String sign, Syntax left, Syntax right) implements Syntax {}

  /// `and` if both must hold, else `or`; gives one of the operands.
  record Logic(boolean both, Syntax left, Syntax right) implements Syntax {}

  /// Comparisons in a chain, all of which must hold.
  record Comparison(Syntax first, List<Link> links) implements Syntax {}

  /// One comparison with what is before it.
  record Link(String sign, Syntax right) {}

  /// `a if condition else b`.
  record Choice(Syntax condition, Syntax then, Syntax otherwise) implements Syntax {}

  /// A list, or a tuple if `fixed`.
  record Display(boolean fixed, List<Syntax> elements) implements Syntax {}

  /// A dictionary.
  record Dictionary(List<Member> members) implements Syntax {}

  /// A key and its value.
  record Member(Syntax key, Syntax value) {}

  /// `[element for ...]`; with a key, `{key: element for ...}`; `once` without brackets.
  record Comprehension(boolean once, Optional<Syntax> key, Syntax element, List<Clause> clauses)
      implements Syntax {}

  /// A part of a comprehension.
  sealed interface Clause {}

  /// `for names in over`; of several names each gets one element of an element.
  record For(List<String> names, Syntax over) implements Clause {}

  /// `if condition`.
  record If(Syntax condition) implements Clause {}

  record Index(Syntax of, Syntax at) implements Syntax {}

  record Slice(Syntax of, Optional<Syntax> from, Optional<Syntax> to, Optional<Syntax> step)
      implements Syntax {}

  /// One of the known functions.
  record Call(String function, List<Syntax> arguments, Map<String, Syntax> keywords)
      implements Syntax {}

  /// An f-string.
  record Joined(List<Syntax> parts) implements Syntax {}
}
