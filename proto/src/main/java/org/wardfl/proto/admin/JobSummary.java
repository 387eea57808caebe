package org.wardfl.proto.admin;

import java.time.Instant;
import java.util.Optional;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.job.JobStatus;

/// A job in one line.
///
/// @param id the job
/// @param name what people call it
/// @param study which study it belongs to
/// @param status where it stands
/// @param waiting what it waits for, in words; empty if for nothing
/// @param submitter the certified name of whoever signed it
/// @param submitted when
/// @param started when it began, if it has
/// @param finished when it ended, if it has
/// @param round the training round that is under way or was the last, from 1; 0 before the first
/// @param rounds all of them
public record JobSummary(
    JobId id,
    String name,
    String study,
    JobStatus status,
    Optional<String> waiting,
    String submitter,
    Instant submitted,
    Optional<Instant> started,
    Optional<Instant> finished,
    long round,
    long rounds) {}
