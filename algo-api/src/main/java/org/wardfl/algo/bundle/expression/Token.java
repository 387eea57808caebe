package org.wardfl.algo.bundle.expression;

import java.util.List;

/// A word of an expression.
sealed interface Token {

  /// A name or keyword, with dots as it stands.
  record Word(String text) implements Token {}

  record Reference(String id) implements Token {}

  record Constant(Value value) implements Token {}

  /// An f-string: texts and expressions in turn, beginning with a text.
  record Formatted(List<String> parts) implements Token {}

  record Sign(String text) implements Token {}

  /// What is no word of the grammar.
  record Stray(String why) implements Token {}

  record End() implements Token {}
}
