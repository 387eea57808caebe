/// A whole federation in one JVM.
@NullMarked
package org.wardfl.simulator;

import org.jspecify.annotations.NullMarked;
