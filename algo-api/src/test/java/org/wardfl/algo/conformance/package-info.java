/// The conformance kit: what any client algorithm must do, as tests.
///
/// The entry point is [org.wardfl.algo.conformance.ClientAlgoConformance]; an author extends it and
/// names the algorithm as [org.wardfl.algo.conformance.ConformanceSubject] describes.
@NullMarked
package org.wardfl.algo.conformance;

import org.jspecify.annotations.NullMarked;
