/// `ward poc`: a provisioned federation of real processes on this machine, for developers.
///
/// [org.wardfl.cli.poc.PocCommand] is the entry point; [org.wardfl.cli.poc.PocFolder] is where
/// everything of it lies, and how other commands find its kit.
@NullMarked
package org.wardfl.cli.poc;

import org.jspecify.annotations.NullMarked;
