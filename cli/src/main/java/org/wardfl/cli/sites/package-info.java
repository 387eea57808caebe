/// Commands about the sites of a federation.
@NullMarked
package org.wardfl.cli.sites;

import org.jspecify.annotations.NullMarked;
