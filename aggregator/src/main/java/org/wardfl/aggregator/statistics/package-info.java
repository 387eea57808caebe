/// Puts together what sites tell of their data.
@NullMarked
package org.wardfl.aggregator.statistics;

import org.jspecify.annotations.NullMarked;
