package org.wardfl.server.job;

import java.util.Optional;
import org.wardfl.algo.SiteName;

/// Why a job failed.
///
/// @param site the site that it comes from, if it comes from one
/// @param phase where: a phase of the algorithm, or `round`, `aggregation`, `deadline`, `server`
/// @param reason one sentence
public record Failure(Optional<SiteName> site, String phase, String reason) {}
