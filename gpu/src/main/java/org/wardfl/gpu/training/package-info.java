/// What training is made of, whatever the network: parameters, optimizers in torch's own order of
/// operations, batches.
@NullMarked
package org.wardfl.gpu.training;

import org.jspecify.annotations.NullMarked;
