/// Which instance each site is: the part of the server's state that outlives jobs.
@NullMarked
package org.wardfl.server.federation;

import org.jspecify.annotations.NullMarked;
