/// Where algorithms run: in this process, or in one JVM per job.
@NullMarked
package org.wardfl.client.host;

import org.jspecify.annotations.NullMarked;
