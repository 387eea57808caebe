/// What this site allows.
@NullMarked
package org.wardfl.client.policy;

import org.jspecify.annotations.NullMarked;
