/// The long-running processes: the server and a site's client.
@NullMarked
package org.wardfl.cli.node;

import org.jspecify.annotations.NullMarked;
