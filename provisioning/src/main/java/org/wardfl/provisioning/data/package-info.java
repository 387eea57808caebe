/// The folder in which a long-running process keeps its state.
@NullMarked
package org.wardfl.provisioning.data;

import org.jspecify.annotations.NullMarked;
