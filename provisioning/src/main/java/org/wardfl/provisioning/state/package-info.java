/// What the project admin keeps: authorities and who was certified.
/// [org.wardfl.provisioning.state.Provisioner] is the entry point.
@NullMarked
package org.wardfl.provisioning.state;

import org.jspecify.annotations.NullMarked;
