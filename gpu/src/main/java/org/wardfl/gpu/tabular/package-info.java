/// `torch-tabular`: a multilayer perceptron or a logistic regression on a table of patients.
///
/// A CSV file becomes a [org.wardfl.gpu.table.Table], a table becomes a [Dataset] of numbers, a
/// [Perceptron] learns from it. The entry point is [org.wardfl.gpu.tabular.TorchTabularFactory].
@NullMarked
package org.wardfl.gpu.tabular;

import org.jspecify.annotations.NullMarked;
