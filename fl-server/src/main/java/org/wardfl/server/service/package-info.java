/// The services of the wire, on top of the [org.wardfl.server.Coordinator].
@NullMarked
package org.wardfl.server.service;

import org.jspecify.annotations.NullMarked;
