/// Turns a job folder of NVIDIA FLARE into one of Ward's.
///
/// [org.wardfl.client.flare.FlareJob] is the entry point. It reads `meta.json` and the two
/// configurations as FLARE 2.2 has them, runs nothing of them, and either expresses everything that
/// they say or names, one by one, what it cannot.
@NullMarked
package org.wardfl.client.flare;

import org.jspecify.annotations.NullMarked;
