/// What a researcher codes against: the client algorithm, what it exchanges with the platform, and
/// the context it runs in.
///
/// The entry point is [org.wardfl.algo.ClientAlgo], which re-expresses MONAI's abstract class of
/// the same name (MONAI `monai/fl/client/client_algo.py`); [org.wardfl.algo.ClientAlgoFactory] is
/// how the platform finds one. Tensors live in [org.wardfl.algo.tensor], model files in
/// [org.wardfl.algo.model], the lifecycle in [org.wardfl.algo.run].
@NullMarked
package org.wardfl.algo;

import org.jspecify.annotations.NullMarked;
