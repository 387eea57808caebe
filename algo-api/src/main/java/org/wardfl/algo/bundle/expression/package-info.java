/// The part of Python's expressions that is plain data, evaluated as Python evaluates it.
///
/// MONAI hands every text of a configuration that begins with `$` to Python's `eval`. Here
/// [org.wardfl.algo.bundle.expression.Expression] parses such a text by a closed grammar: literals,
/// references, operators, displays, comprehensions, indexing, and calls of
/// [org.wardfl.algo.bundle.expression.Functions]. Whatever is not in the grammar is opaque and
/// never executed; what is in it has bounds ([org.wardfl.algo.bundle.expression.Budget]) and gives
/// the value that CPython gives (The Python Language Reference 3.11, chapter 6).
@NullMarked
package org.wardfl.algo.bundle.expression;

import org.jspecify.annotations.NullMarked;
