/// X.509 identities.
@NullMarked
package org.wardfl.certs;

import org.jspecify.annotations.NullMarked;
