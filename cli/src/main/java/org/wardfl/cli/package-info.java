/// The one command.
@NullMarked
package org.wardfl.cli;

import org.jspecify.annotations.NullMarked;
