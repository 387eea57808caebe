/// The hospital's agent: converges on what the server wants, as far as the site's own policy lets
/// it.
///
/// [org.wardfl.client.admission] lets jobs in, [org.wardfl.client.task] runs tasks,
/// [org.wardfl.client.host] runs algorithms, [org.wardfl.client.policy] has the last word,
/// [org.wardfl.client.state] keeps results, [org.wardfl.client.link] is the server as the agent
/// sees it, and [org.wardfl.client.job] reads job files for those who submit them.
@NullMarked
package org.wardfl.client;

import org.jspecify.annotations.NullMarked;
