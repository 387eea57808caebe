/// The server as people's tools see it.
@NullMarked
package org.wardfl.client.admin;

import org.jspecify.annotations.NullMarked;
