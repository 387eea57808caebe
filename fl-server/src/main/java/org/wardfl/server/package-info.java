/// The coordinator: which jobs run, what each site should do, what came back, and what became of
/// it.
///
/// The entry point is [org.wardfl.server.Coordinator]. Decisions are pure functions in
/// [org.wardfl.server.job]; what is kept lies behind the interfaces of [org.wardfl.server.store];
/// what people take away is written by [org.wardfl.server.result].
@NullMarked
package org.wardfl.server;

import org.jspecify.annotations.NullMarked;
