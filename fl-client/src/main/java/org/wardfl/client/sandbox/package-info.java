/// Confines a job's own code: no network, none of the site's files but one dataset, bounded memory,
/// processes and disk.
///
/// [org.wardfl.client.sandbox.Sandbox] is the entry point; it uses bubblewrap.
@NullMarked
package org.wardfl.client.sandbox;

import org.jspecify.annotations.NullMarked;
