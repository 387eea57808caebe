package org.wardfl.server;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.wardfl.aggregator.UpdateCheck;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.model.ModelFileException;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.WorkflowDefinition;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskOutcome;
import org.wardfl.server.job.Answer;
import org.wardfl.server.store.BlobStore;

/// Turns what a site delivered into an [Answer]: does it fit the task, and does its file pass every
/// check.
final class DeliveryCheck {

  // Another writer may need more room for the same tensors, with white space and metadata.
  private static final int HEADER_FACTOR = 4;
  private static final int HEADER_SPARE_BYTES = 64 << 10;

  // Beyond that, what a header takes in memory is given back after each check.
  private static final int MOST_KEPT_HEADER_BYTES = 1 << 20;

  private final BlobStore blobs;
  private final ServerConfig config;
  private volatile Optional<Known> last = Optional.empty();

  /// The model of a round, closed: its tensors are still known. All sites answer to the same one.
  private record Known(ModelHash hash, ModelFile model) {}

  DeliveryCheck(BlobStore blobs, ServerConfig config) {
    this.blobs = blobs;
    this.config = config;
  }

  /// Decides about an outcome of a task that is open.
  ///
  /// @throws MissingFileException if the file that it names is not here
  /// @throws IOException if a file of the server cannot be read
  Answer check(
      TaskAssignment task, JobDefinition job, WorkflowDefinition workflow, TaskOutcome outcome)
      throws IOException {
    return switch (outcome) {
      case TaskOutcome.Failed(var phase, var reason) -> new Answer.Failed(phase, reason);
      case TaskOutcome.Declined(var reason) -> new Answer.Declined(reason);
      case TaskOutcome.Trained trained when task.kind() == TaskKind.TRAIN ->
          trained(task, workflow, trained);
      case TaskOutcome.Evaluated(var metrics) when task.kind() == TaskKind.EVALUATE ->
          refusedScores(task.key().site(), metrics)
              .orElseGet(() -> new Answer.Accepted(outcome, 0));
      case TaskOutcome.Initialized initialized when task.kind() == TaskKind.INITIAL ->
          initial(task.key().site(), initialized);
      case TaskOutcome.Described described when task.kind() == TaskKind.DATA_STATS ->
          new StatisticsCheck(job, task)
              .objection(described)
              .<Answer>map(Answer.Refused::new)
              .orElseGet(() -> new Answer.Accepted(outcome, 0));
      case TaskOutcome.Trained _,
          TaskOutcome.Evaluated _,
          TaskOutcome.Initialized _,
          TaskOutcome.Described _ ->
          new Answer.Refused(
              task.key().site()
                  + " answered a task of kind "
                  + task.kind()
                  + " with another kind of result");
    };
  }

  private Answer trained(
      TaskAssignment task, WorkflowDefinition workflow, TaskOutcome.Trained trained)
      throws IOException {
    if (workflow instanceof WorkflowDefinition.FedAvg fedAvg
        && fedAvg.weighting() instanceof WorkflowDefinition.Weighting.Samples
        && trained.summary().samples() < 1) {
      return new Answer.Refused(
          task.key().site()
              + " claims 0 samples, expected at least 1 in a job that weighs by them");
    }
    var normalizer = refusedNormalizer(task.key().site(), workflow, trained.summary());
    if (normalizer.isPresent()) {
      return normalizer.get();
    }
    var scores = refusedScores(task.key().site(), trained.received());
    if (scores.isPresent()) {
      return scores.get();
    }
    var exclude = workflow.exclude().stream().map(Pattern::compile).toList();
    Predicate<String> excluded =
        name -> exclude.stream().anyMatch(pattern -> pattern.matcher(name).find());
    var model = model(task.model().orElseThrow());
    var check =
        new UpdateCheck(
            model,
            task.key().round(),
            task.wanted(),
            // A filter at the site may keep tensors there; without one, a missing tensor is a
            // mistake.
            name -> !trained.filters().isEmpty() || excluded.test(name),
            excluded,
            workflow.maxNorm(),
            config.maxIterations(),
            config.maxSamples(),
            Set.of());
    return checked(
        task.key().site(),
        trained.update(),
        trained,
        check,
        mostHeaderBytes(model),
        trained.type(),
        task.key().round(),
        trained.summary());
  }

  private ModelFile model(ModelHash hash) throws IOException {
    var known = last.filter(model -> model.hash().equals(hash));
    if (known.isPresent()) {
      return known.get().model();
    }
    try (var model = ModelFile.open(blobs.require(hash))) {
      if (model.headerBytes() <= MOST_KEPT_HEADER_BYTES) {
        last = Optional.of(new Known(hash, model));
      }
      return model;
    } catch (ModelFileException e) {
      throw new IOException("the round's own model is damaged: " + e.getMessage(), e);
    }
  }

  /// The samples that a site evaluated on are its weight in the means, and so in the choice of the
  /// best model.
  private Optional<Answer> refusedScores(SiteName site, Metrics metrics) {
    return metrics.samples() <= config.maxSamples()
        ? Optional.empty()
        : Optional.of(
            new Answer.Refused(
                site
                    + " claims "
                    + metrics.samples()
                    + " evaluation samples, expected at most "
                    + config.maxSamples()));
  }

  private static int mostHeaderBytes(ModelFile model) {
    long most = (long) HEADER_FACTOR * model.headerBytes() + HEADER_SPARE_BYTES;
    return (int) Math.min(ModelFile.MAX_HEADER_BYTES, most);
  }

  /// What a site says of its steps must be possible: each adds at least 1, and no momentum makes
  /// more of k steps than 1 + 2 + ... + k.
  private static Optional<Answer> refusedNormalizer(
      SiteName site, WorkflowDefinition workflow, TrainSummary summary) {
    if (!workflow.isNormalized()) {
      return Optional.empty();
    }
    double claimed = Scaling.normalizer(summary);
    double steps = summary.iterations();
    double least = Math.min(steps, 1);
    double most = steps * (steps + 1) / 2;
    return claimed >= least && claimed <= most
        ? Optional.empty()
        : Optional.of(
            new Answer.Refused(
                site
                    + " claims that its "
                    + summary.iterations()
                    + " steps add up to "
                    + claimed
                    + ", expected "
                    + least
                    + " to "
                    + most));
  }

  /// A first model has nothing to be compared with but itself; its values must be finite.
  private Answer initial(SiteName site, TaskOutcome.Initialized initialized) throws IOException {
    var path = blobs.find(initialized.model().hash());
    if (path.isEmpty()) {
      throw missing(site, initialized.model().hash());
    }
    try (var model = ModelFile.open(path.get())) {
      var check =
          new UpdateCheck(
              model,
              0,
              WeightType.FULL,
              _ -> false,
              _ -> false,
              Double.POSITIVE_INFINITY,
              config.maxIterations(),
              config.maxSamples(),
              Set.of());
      return checked(
          site,
          initialized.model(),
          initialized,
          check,
          ModelFile.MAX_HEADER_BYTES,
          WeightType.FULL,
          0,
          new TrainSummary(0, 0));
    } catch (ModelFileException e) {
      return new Answer.Refused("initial model from " + site + ": " + e.getMessage());
    }
  }

  private Answer checked(
      SiteName site,
      TaskOutcome.UpdateFile file,
      TaskOutcome outcome,
      UpdateCheck check,
      int mostHeaderBytes,
      WeightType type,
      int round,
      TrainSummary summary)
      throws IOException {
    var path = blobs.find(file.hash());
    if (path.isEmpty()) {
      throw missing(site, file.hash());
    }
    try (var update = ModelFile.open(path.get(), mostHeaderBytes)) {
      if (update.fileBytes() != file.sizeBytes()) {
        return new Answer.Refused(
            "update from "
                + site
                + " has "
                + update.fileBytes()
                + " bytes, announced were "
                + file.sizeBytes());
      }
      return switch (check.check(site, round, type, summary, update)) {
        case UpdateCheck.Accepted(var norm) -> new Answer.Accepted(outcome, norm);
        case UpdateCheck.Refused(_, var sentence) -> new Answer.Refused(sentence);
      };
    } catch (ModelFileException e) {
      return new Answer.Refused("update from " + site + " is no model file: " + e.getMessage());
    }
  }

  private static MissingFileException missing(SiteName site, ModelHash hash) {
    return new MissingFileException(
        "update " + hash + " from " + site + " was announced but is not here; send it again");
  }
}
