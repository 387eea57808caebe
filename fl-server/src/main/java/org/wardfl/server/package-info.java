/// The coordinator.
@NullMarked
package org.wardfl.server;

import org.jspecify.annotations.NullMarked;
