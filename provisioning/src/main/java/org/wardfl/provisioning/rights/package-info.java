/// Who may do what at a site, in FLARE's condition grammar.
/// [org.wardfl.provisioning.rights.AuthorizationPolicy] is the entry point.
@NullMarked
package org.wardfl.provisioning.rights;

import org.jspecify.annotations.NullMarked;
