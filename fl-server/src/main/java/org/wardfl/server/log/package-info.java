/// What jobs print at sites that let it out: [org.wardfl.server.log.JobLogs].
@NullMarked
package org.wardfl.server.log;

import org.jspecify.annotations.NullMarked;
