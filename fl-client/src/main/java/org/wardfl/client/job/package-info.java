/// Reads a job folder into a typed job.
@NullMarked
package org.wardfl.client.job;

import org.jspecify.annotations.NullMarked;
