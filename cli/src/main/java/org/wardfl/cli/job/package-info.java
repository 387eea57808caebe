/// Commands about jobs on a server.
@NullMarked
package org.wardfl.cli.job;

import org.jspecify.annotations.NullMarked;
