/// Which job begins when, and which site takes part in it: [org.wardfl.server.schedule.Scheduler],
/// a pure function of what is known of jobs and sites.
@NullMarked
package org.wardfl.server.schedule;

import org.jspecify.annotations.NullMarked;
