/// `ward console`: the commands with completion and history, over one connection to the server.
///
/// [org.wardfl.cli.console.ConsoleCommand] is the entry point; [org.wardfl.cli.console.FlareWords]
/// takes the names of NVIDIA FLARE's console.
@NullMarked
package org.wardfl.cli.console;

import org.jspecify.annotations.NullMarked;
