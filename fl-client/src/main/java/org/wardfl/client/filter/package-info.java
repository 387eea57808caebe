/// What is done to an update before it leaves.
@NullMarked
package org.wardfl.client.filter;

import org.jspecify.annotations.NullMarked;
