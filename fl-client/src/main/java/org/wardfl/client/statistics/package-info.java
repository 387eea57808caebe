/// The site's rules about statistics, applied in the agent: what they do not let through stays.
@NullMarked
package org.wardfl.client.statistics;

import org.jspecify.annotations.NullMarked;
