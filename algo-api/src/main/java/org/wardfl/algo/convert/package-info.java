/// Weights in the formats of other tools: PyTorch's state dicts and TorchScript archives, NumPy's
/// `.npz`.
///
/// [org.wardfl.algo.convert.WeightsFile] opens any of them as a
/// [org.wardfl.algo.tensor.TensorSource]; [org.wardfl.algo.convert.Conversion] writes one from
/// another. A pickle is read by our own code that knows what a state dict needs and refuses
/// everything else by name: no code of a file is ever run. Tensors are copied block by block, so
/// memory does not grow with the model.
@NullMarked
package org.wardfl.algo.convert;

import org.jspecify.annotations.NullMarked;
