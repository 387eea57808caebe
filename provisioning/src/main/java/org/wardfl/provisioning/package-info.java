/// Project file to startup kits.
@NullMarked
package org.wardfl.provisioning;

import org.jspecify.annotations.NullMarked;
