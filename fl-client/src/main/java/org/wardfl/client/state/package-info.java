/// What the agent keeps: results and state files.
@NullMarked
package org.wardfl.client.state;

import org.jspecify.annotations.NullMarked;
