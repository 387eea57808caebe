/// The one command `ward`: reads what a person typed, calls one module, prints what it answered.
///
/// The entry point is [org.wardfl.cli.Ward]; each group of commands has a package of its own.
@NullMarked
package org.wardfl.cli;

import org.jspecify.annotations.NullMarked;
