/// Arithmetic on contributions: what the server does with the sites' updates, without network and
/// without state.
///
/// The entry points are [org.wardfl.aggregator.UpdateCheck], which every update passes first, and
/// [org.wardfl.aggregator.Aggregation], which turns the accepted ones into the next model file,
/// block by block in memory that does not grow with the model or the number of sites.
@NullMarked
package org.wardfl.aggregator;

import org.jspecify.annotations.NullMarked;
