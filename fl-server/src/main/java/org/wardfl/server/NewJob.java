package org.wardfl.server;

import java.util.Optional;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.job.PackageReference;

/// A job as it is handed to the coordinator; whoever hands it over has checked that it may run.
///
/// @param id made by the submitter
/// @param definition the typed job
/// @param submitter who asked
/// @param initialModel the job's first model, in the blob store already, if the job brings one
/// @param jobPackage the signed package, in the blob store already; empty in a simulation
public record NewJob(
    JobId id,
    JobDefinition definition,
    String submitter,
    Optional<ModelHash> initialModel,
    Optional<PackageReference> jobPackage) {}
