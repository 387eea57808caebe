/// The lifecycle of one algorithm instance: the order of calls, the abort contract, what becomes of
/// a failure.
@NullMarked
package org.wardfl.algo.run;

import org.jspecify.annotations.NullMarked;
