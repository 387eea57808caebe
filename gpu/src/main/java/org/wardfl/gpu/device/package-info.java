/// Which CUDA devices a machine has, by its driver.
///
/// [org.wardfl.gpu.device.DevicesMain] is the entry point: it runs as a short process of its own,
/// so that nothing of CUDA stays in the process that asks.
@NullMarked
package org.wardfl.gpu.device;

import org.jspecify.annotations.NullMarked;
