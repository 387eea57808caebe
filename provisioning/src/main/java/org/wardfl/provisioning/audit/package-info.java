/// What happened and who did it, in a file that cannot be edited unnoticed.
@NullMarked
package org.wardfl.provisioning.audit;

import org.jspecify.annotations.NullMarked;
