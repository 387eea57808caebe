/// What jobs print, on its way to the server where the site lets it out:
/// [org.wardfl.client.log.OutputStreaming].
@NullMarked
package org.wardfl.client.log;

import org.jspecify.annotations.NullMarked;
