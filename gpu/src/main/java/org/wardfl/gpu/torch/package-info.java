/// PyTorch as a library of this process: one engine, settings that make its results repeatable, and
/// weights in memory of its own. The entry point is [org.wardfl.gpu.torch.Torch].
@NullMarked
package org.wardfl.gpu.torch;

import org.jspecify.annotations.NullMarked;
