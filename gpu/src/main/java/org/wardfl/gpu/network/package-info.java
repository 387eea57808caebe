/// Networks on torch: an [org.wardfl.gpu.network.Architecture] says which tensors there are and how
/// they make predictions, [org.wardfl.gpu.network.Weights] holds a model's, and
/// [org.wardfl.gpu.network.NetworkAlgo] trains them as a client algorithm.
///
/// Layers that DJL has none of are composed of operations that it has, in
/// [org.wardfl.gpu.network.Layers].
@NullMarked
package org.wardfl.gpu.network;

import org.jspecify.annotations.NullMarked;
