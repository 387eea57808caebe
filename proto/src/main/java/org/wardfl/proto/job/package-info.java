/// The typed job: what a researcher asks for, after the job file was read and before anyone acts on
/// it.
///
/// The entry point is [org.wardfl.proto.job.JobDefinition].
@NullMarked
package org.wardfl.proto.job;

import org.jspecify.annotations.NullMarked;
