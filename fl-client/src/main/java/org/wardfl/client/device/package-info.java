/// The machine's devices, asked for in a process of its own.
@NullMarked
package org.wardfl.client.device;

import org.jspecify.annotations.NullMarked;
