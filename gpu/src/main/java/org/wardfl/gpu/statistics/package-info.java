/// Describes a site's tables and images for federated statistics, in plain Java.
@NullMarked
package org.wardfl.gpu.statistics;

import org.jspecify.annotations.NullMarked;
