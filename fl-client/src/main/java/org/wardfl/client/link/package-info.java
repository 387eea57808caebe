/// The server as the agent sees it.
@NullMarked
package org.wardfl.client.link;

import org.jspecify.annotations.NullMarked;
