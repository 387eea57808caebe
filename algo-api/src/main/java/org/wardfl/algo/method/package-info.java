/// What federated methods change about the training at a site, as small pieces on plain tensors:
/// the author of a [org.wardfl.algo.ClientAlgo] puts them into a training loop of any kind.
///
/// [org.wardfl.algo.method.Proximal] is FedProx and the pull of Ditto,
/// [org.wardfl.algo.method.ControlVariates] is SCAFFOLD, [org.wardfl.algo.method.PersonalModel]
/// keeps Ditto's model at the site, [org.wardfl.algo.method.LocalTensors] is FedBN,
/// [org.wardfl.algo.method.Normalizer] is FedNova. `docs/methods.md` says when to use which.
@NullMarked
package org.wardfl.algo.method;

import org.jspecify.annotations.NullMarked;
