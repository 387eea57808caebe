package org.wardfl.server.job;

import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.wardfl.aggregator.UpdateLikeness;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.job.JobStatus;
import org.wardfl.proto.job.PackageReference;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskKey;

/// What happened to a job. Events are the only truth: durable before anything that follows from
/// them is visible, and replayed after a crash instead of decided again.
public sealed interface JobEvent {

  /// When.
  Instant at();

  /// A job was submitted.
  ///
  /// @param id the job
  /// @param definition what was asked for
  /// @param submitter who asked
  /// @param initialModel the first model, if the job brings one
  /// @param jobPackage the signed package; empty in a simulation
  /// @param at when
  record Submitted(
      JobId id,
      JobDefinition definition,
      String submitter,
      Optional<ModelHash> initialModel,
      Optional<PackageReference> jobPackage,
      Instant at)
      implements JobEvent {}

  /// The job began.
  ///
  /// @param at when
  record Started(Instant at) implements JobEvent {}

  /// The job has what it asked for of these sites' resources, until it ends.
  ///
  /// @param sites not empty
  /// @param at when
  record SitesTaken(SortedSet<SiteName> sites, Instant at) implements JobEvent {

    /// Copies.
    public SitesTaken {
      sites = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(sites));
    }
  }

  /// A round's tasks were given out.
  ///
  /// @param workflow which of the job's workflows it belongs to, from 0
  /// @param plan the round
  /// @param at when
  record RoundOpened(int workflow, RoundPlan plan, Instant at) implements JobEvent {}

  /// A task of the open round was answered.
  ///
  /// @param task which
  /// @param answer what became of it
  /// @param at when
  record TaskAnswered(TaskKey task, Answer answer, Instant at) implements JobEvent {}

  /// The round is over; no further answer counts.
  ///
  /// @param because `answered`, `deadline` or `early`
  /// @param at when
  record RoundClosed(String because, Instant at) implements JobEvent {}

  /// A track has a new model.
  ///
  /// @param track whose
  /// @param model the file
  /// @param weights what each contributor counted by
  /// @param at when
  record ModelPublished(
      String track, ModelHash model, SortedMap<SiteName, Double> weights, Instant at)
      implements JobEvent {

    /// Copies.
    public ModelPublished {
      weights = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(weights));
    }
  }

  /// The updates of a round were compared, before the model that they made was published.
  ///
  /// @param track whose
  /// @param likeness how each lies to the others and to the model
  /// @param at when
  record UpdatesCompared(String track, SortedMap<SiteName, UpdateLikeness> likeness, Instant at)
      implements JobEvent {

    /// Copies.
    public UpdatesCompared {
      likeness = Collections.unmodifiableSortedMap(new TreeMap<>(likeness));
    }
  }

  /// A model was found to be the best so far of its track.
  ///
  /// @param track whose
  /// @param round the round that produced it
  /// @param model the file
  /// @param value the key metric's mean
  /// @param at when
  record BestModelChosen(String track, int round, ModelHash model, double value, Instant at)
      implements JobEvent {

    /// The federation's own.
    public BestModelChosen(int round, ModelHash model, double value, Instant at) {
      this(TaskAssignment.GLOBAL, round, model, value, at);
    }
  }

  /// The results of a job that had ended were deleted.
  ///
  /// @param by the certified name of the person who did it
  /// @param at when
  record Deleted(String by, Instant at) implements JobEvent {}

  /// The job is over.
  ///
  /// @param status how it ended
  /// @param failure why it failed; present only with FAILED
  /// @param by the certified name of the person who ended it, if one did
  /// @param at when
  record Ended(JobStatus status, Optional<Failure> failure, Optional<String> by, Instant at)
      implements JobEvent {

    /// Checks that the status is an end and a failure has its reason.
    ///
    /// @throws IllegalArgumentException if not
    public Ended {
      if (!status.isEnded() || (status == JobStatus.FAILED) != failure.isPresent()) {
        throw new IllegalArgumentException(
            "a job cannot end as " + status + " with failure " + failure);
      }
    }
  }
}
