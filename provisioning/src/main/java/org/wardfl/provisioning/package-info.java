/// From the project file to startup kits, and the policies that their owners keep.
///
/// The project admin's side is [org.wardfl.provisioning.state.Provisioner]; a participant opens
/// what it got with [org.wardfl.provisioning.kit.StartupKit], and a process that works with it for
/// long with [org.wardfl.provisioning.kit.ActiveKit].
@NullMarked
package org.wardfl.provisioning;

import org.jspecify.annotations.NullMarked;
