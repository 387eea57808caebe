/// Tensors as immutable, little-endian, row-major bytes with a name, a data type, a shape and a
/// role.
///
/// [org.wardfl.algo.tensor.TensorSource] is the way to read any set of them, in memory or in a
/// file; see [org.wardfl.algo.tensor.TensorSpec] for what is known about one without its values.
@NullMarked
package org.wardfl.algo.tensor;

import org.jspecify.annotations.NullMarked;
