/// What a site tells of its data: one record for each feature, small, typed, and bounded, so that
/// the site's rules can judge every number before it leaves.
@NullMarked
package org.wardfl.algo.statistics;

import org.jspecify.annotations.NullMarked;
