/// `ward simulate`; the entry point is [org.wardfl.cli.simulate.SimulateCommand].
@NullMarked
package org.wardfl.cli.simulate;

import org.jspecify.annotations.NullMarked;
