/// Tasks from their assignment to the server's verdict.
@NullMarked
package org.wardfl.client.task;

import org.jspecify.annotations.NullMarked;
