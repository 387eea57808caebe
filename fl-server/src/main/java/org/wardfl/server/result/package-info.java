/// What people take away from a job: the models, the metrics, and a record that is enough to run it
/// again.
@NullMarked
package org.wardfl.server.result;

import org.jspecify.annotations.NullMarked;
