/// The job engine: pure functions over events, without clock, threads or files.
///
/// [org.wardfl.server.job.JobEngine] decides which events follow from a command and what state
/// follows from an event; [org.wardfl.server.job.JobState#effects] says what the outside world owes
/// the state.
@NullMarked
package org.wardfl.server.job;

import org.jspecify.annotations.NullMarked;
