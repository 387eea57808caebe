/// Arithmetic on contributions.
@NullMarked
package org.wardfl.aggregator;

import org.jspecify.annotations.NullMarked;
