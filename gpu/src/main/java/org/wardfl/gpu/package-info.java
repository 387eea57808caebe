/// Training on the site's devices.
@NullMarked
package org.wardfl.gpu;

import org.jspecify.annotations.NullMarked;
