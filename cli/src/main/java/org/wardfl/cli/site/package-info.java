/// Commands for the people of one site, about their own client.
@NullMarked
package org.wardfl.cli.site;

import org.jspecify.annotations.NullMarked;
