package org.wardfl.proto.job;

import org.wardfl.algo.Arguments;

/// A filter that a job applies to its own results at the sites.
///
/// @param type which filter
/// @param arguments its settings
public record FilterDefinition(String type, Arguments arguments) {}
