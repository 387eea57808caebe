/// Startup kits: what one participant gets. [org.wardfl.provisioning.kit.StartupKit] opens one,
/// [org.wardfl.provisioning.kit.KitUpdate] changes one later.
@NullMarked
package org.wardfl.provisioning.kit;

import org.jspecify.annotations.NullMarked;
