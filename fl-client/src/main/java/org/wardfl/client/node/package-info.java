/// The agent as a process: everything put together over one startup kit and one data folder.
@NullMarked
package org.wardfl.client.node;

import org.jspecify.annotations.NullMarked;
