/// Lets jobs in: verified here, allowed here, unpacked here.
///
/// [org.wardfl.client.admission.JobAdmission] is the entry point.
@NullMarked
package org.wardfl.client.admission;

import org.jspecify.annotations.NullMarked;
