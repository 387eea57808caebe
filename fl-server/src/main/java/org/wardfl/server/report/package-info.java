/// The report of a job: one HTML file that opens offline and shows a hospital what its job did.
///
/// [org.wardfl.server.report.Report] writes it from a [org.wardfl.server.result.RunRecord]. All
/// text passes through one writer, which escapes it; there is no way around.
@NullMarked
package org.wardfl.server.report;

import org.jspecify.annotations.NullMarked;
