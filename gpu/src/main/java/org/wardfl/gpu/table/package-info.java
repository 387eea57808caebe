/// A site's tables as text, before anybody knows what their columns mean:
/// [org.wardfl.gpu.table.Table].
@NullMarked
package org.wardfl.gpu.table;

import org.jspecify.annotations.NullMarked;
