package org.wardfl.proto.admin;

import org.wardfl.proto.job.JobId;

/// How a site stands to one of its jobs.
///
/// @param id the job
/// @param name what people call it
/// @param site the site, what it is at, and one sentence
public record SiteJob(JobId id, String name, JobReport.Site site) {}
