/// The hospital's agent.
@NullMarked
package org.wardfl.client;

import org.jspecify.annotations.NullMarked;
