/// What a researcher codes against.
@NullMarked
package org.wardfl.algo;

import org.jspecify.annotations.NullMarked;
