/// The wire.
@NullMarked
package org.wardfl.proto;

import org.jspecify.annotations.NullMarked;
