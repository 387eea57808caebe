/// A kit that any algorithm must pass before a hospital runs it: extend
/// [org.wardfl.algo.conformance.ClientAlgoConformance] and run the tests.
@NullMarked
package org.wardfl.algo.conformance;

import org.jspecify.annotations.NullMarked;
