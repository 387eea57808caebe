package org.wardfl.server.store;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.wardfl.aggregator.UpdateLikeness;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.WireException;
import org.wardfl.proto.job.JobCodec;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.job.JobStatus;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskCodec;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.proto.wire.AcceptedAnswer;
import org.wardfl.proto.wire.EndedAs;
import org.wardfl.proto.wire.JobDeleted;
import org.wardfl.proto.wire.JobEnded;
import org.wardfl.proto.wire.JobFailure;
import org.wardfl.proto.wire.JobStarted;
import org.wardfl.proto.wire.JobSubmitted;
import org.wardfl.proto.wire.RoundKind;
import org.wardfl.proto.wire.SiteWeight;
import org.wardfl.proto.wire.SitesTaken;
import org.wardfl.server.job.Answer;
import org.wardfl.server.job.Failure;
import org.wardfl.server.job.JobEvent;
import org.wardfl.server.job.RoundPlan;
import org.wardfl.server.result.RunRecord;

/// [JobEvent] as bytes.
public final class JobEventCodec {

  private JobEventCodec() {}

  /// The bytes of an event.
  public static byte[] toBytes(JobEvent event) {
    var wire = org.wardfl.proto.wire.JobEvent.newBuilder().setAtMs(event.at().toEpochMilli());
    switch (event) {
      case JobEvent.Submitted submitted -> wire.setSubmitted(submitted(submitted));
      case JobEvent.Started _ -> wire.setStarted(JobStarted.getDefaultInstance());
      case JobEvent.SitesTaken(var sites, _) ->
          wire.setSitesTaken(
              SitesTaken.newBuilder().addAllSites(sites.stream().map(SiteName::value).toList()));
      case JobEvent.RoundOpened(var workflow, var plan, _) ->
          wire.setRoundOpened(opened(workflow, plan));
      case JobEvent.TaskAnswered(var task, var answer, _) ->
          wire.setTaskAnswered(answered(task, answer));
      case JobEvent.RoundClosed(var because, _) ->
          wire.setRoundClosed(org.wardfl.proto.wire.RoundClosed.newBuilder().setBecause(because));
      case JobEvent.ModelPublished published -> wire.setModelPublished(published(published));
      case JobEvent.UpdatesCompared compared -> wire.setUpdatesCompared(compared(compared));
      case JobEvent.BestModelChosen(var track, var round, var model, var value, _) ->
          wire.setBestModelChosen(
              org.wardfl.proto.wire.BestModelChosen.newBuilder()
                  .setRound(round)
                  .setModel(TaskCodec.toWire(model))
                  .setValue(value)
                  .setTrack(track.equals(TaskAssignment.GLOBAL) ? "" : track));
      case JobEvent.Ended ended -> wire.setEnded(ended(ended));
      case JobEvent.Deleted(var by, _) -> wire.setDeleted(JobDeleted.newBuilder().setBy(by));
    }
    return wire.build().toByteArray();
  }

  /// The event in these bytes.
  ///
  /// @throws WireException if they hold no event that this version knows
  public static JobEvent fromBytes(byte[] bytes) throws WireException {
    try {
      var wire = org.wardfl.proto.wire.JobEvent.parseFrom(bytes);
      var at = Instant.ofEpochMilli(wire.getAtMs());
      return switch (wire.getKindCase()) {
        case SUBMITTED -> {
          var submitted = wire.getSubmitted();
          yield new JobEvent.Submitted(
              new JobId(submitted.getId()),
              JobCodec.fromWire(submitted.getDefinition()),
              submitted.getSubmitter(),
              submitted.hasInitialModel()
                  ? Optional.of(TaskCodec.fromWire(submitted.getInitialModel()))
                  : Optional.empty(),
              submitted.hasJobPackage()
                  ? Optional.of(TaskCodec.fromWire(submitted.getJobPackage()))
                  : Optional.empty(),
              at);
        }
        case STARTED -> new JobEvent.Started(at);
        case SITES_TAKEN -> {
          var sites = new TreeSet<SiteName>();
          wire.getSitesTaken().getSitesList().forEach(site -> sites.add(new SiteName(site)));
          yield new JobEvent.SitesTaken(sites, at);
        }
        case ROUND_OPENED ->
            new JobEvent.RoundOpened(
                wire.getRoundOpened().getWorkflow(), plan(wire.getRoundOpened()), at);
        case TASK_ANSWERED ->
            new JobEvent.TaskAnswered(
                TaskCodec.fromWire(wire.getTaskAnswered().getTask()),
                answer(wire.getTaskAnswered()),
                at);
        case ROUND_CLOSED -> new JobEvent.RoundClosed(wire.getRoundClosed().getBecause(), at);
        case MODEL_PUBLISHED -> published(wire.getModelPublished(), at);
        case UPDATES_COMPARED -> compared(wire.getUpdatesCompared(), at);
        case BEST_MODEL_CHOSEN -> {
          var best = wire.getBestModelChosen();
          yield new JobEvent.BestModelChosen(
              best.getTrack().isEmpty() ? TaskAssignment.GLOBAL : best.getTrack(),
              best.getRound(),
              TaskCodec.fromWire(best.getModel()),
              best.getValue(),
              at);
        }
        case ENDED -> ended(wire.getEnded(), at);
        case DELETED -> new JobEvent.Deleted(wire.getDeleted().getBy(), at);
        case KIND_NOT_SET ->
            throw new WireException("an event of a kind that this version does not know");
      };
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      throw new WireException("event: " + e.getMessage(), e);
    }
  }

  private static JobSubmitted submitted(JobEvent.Submitted submitted) {
    var wire =
        JobSubmitted.newBuilder()
            .setId(submitted.id().value())
            .setDefinition(JobCodec.toWire(submitted.definition()))
            .setSubmitter(submitted.submitter());
    submitted.initialModel().ifPresent(model -> wire.setInitialModel(TaskCodec.toWire(model)));
    submitted.jobPackage().ifPresent(file -> wire.setJobPackage(TaskCodec.toWire(file)));
    return wire.build();
  }

  private static org.wardfl.proto.wire.RoundOpened opened(int workflow, RoundPlan plan) {
    var closing = plan.closing();
    var wire =
        org.wardfl.proto.wire.RoundOpened.newBuilder()
            .setWorkflow(workflow)
            .setKind(
                switch (plan.kind()) {
                  case INITIAL -> RoundKind.ROUND_KIND_INITIAL;
                  case TRAIN -> RoundKind.ROUND_KIND_TRAIN;
                  case EVALUATE -> RoundKind.ROUND_KIND_EVALUATE;
                  case CROSS_SITE -> RoundKind.ROUND_KIND_CROSS_SITE;
                  case STATISTICS -> RoundKind.ROUND_KIND_STATISTICS;
                })
            .setRound(plan.round())
            .setMinAccepted(closing.minAccepted())
            .setDeadlineMs(closing.deadline().toMillis());
    plan.tasks().forEach(task -> wire.addTasks(TaskCodec.toWire(task)));
    closing.mandatory().forEach(site -> wire.addMandatory(site.value()));
    closing.closeEarly().ifPresent(wait -> wire.setCloseEarlyMs(wait.toMillis()));
    for (var reduction : plan.reductions()) {
      var message = org.wardfl.proto.wire.Reduction.newBuilder().setTrack(reduction.track());
      reduction.memory().ifPresent(message::setMemory);
      reduction.tasks().forEach(task -> message.addTasks(TaskCodec.toWire(task)));
      wire.addReductions(message);
    }
    return wire.build();
  }

  private static RoundPlan plan(org.wardfl.proto.wire.RoundOpened wire) throws WireException {
    var tasks = new ArrayList<TaskAssignment>();
    for (var task : wire.getTasksList()) {
      tasks.add(TaskCodec.fromWire(task));
    }
    var mandatory = new TreeSet<SiteName>();
    wire.getMandatoryList().forEach(site -> mandatory.add(new SiteName(site)));
    List<RoundPlan.Reduction> reductions = new ArrayList<>();
    for (var reduction : wire.getReductionsList()) {
      List<TaskKey> keys = new ArrayList<>();
      for (var key : reduction.getTasksList()) {
        keys.add(TaskCodec.fromWire(key));
      }
      var memory = reduction.getMemory();
      reductions.add(
          new RoundPlan.Reduction(
              reduction.getTrack(),
              keys,
              memory.isEmpty() ? Optional.empty() : Optional.of(memory)));
    }
    return new RoundPlan(
        switch (wire.getKind()) {
          case ROUND_KIND_INITIAL -> RunRecord.Kind.INITIAL;
          case ROUND_KIND_TRAIN -> RunRecord.Kind.TRAIN;
          case ROUND_KIND_EVALUATE -> RunRecord.Kind.EVALUATE;
          case ROUND_KIND_CROSS_SITE -> RunRecord.Kind.CROSS_SITE;
          case ROUND_KIND_STATISTICS -> RunRecord.Kind.STATISTICS;
          case ROUND_KIND_UNSPECIFIED, UNRECOGNIZED ->
              throw new WireException("unknown kind of round");
        },
        wire.getRound(),
        tasks,
        new RoundPlan.Closing(
            wire.getMinAccepted(),
            mandatory,
            Duration.ofMillis(wire.getDeadlineMs()),
            wire.hasCloseEarlyMs()
                ? Optional.of(Duration.ofMillis(wire.getCloseEarlyMs()))
                : Optional.empty()),
        reductions);
  }

  private static org.wardfl.proto.wire.TaskAnswered answered(TaskKey task, Answer answer) {
    var wire = org.wardfl.proto.wire.TaskAnswered.newBuilder().setTask(TaskCodec.toWire(task));
    switch (answer) {
      case Answer.Accepted(var outcome, var norm) ->
          wire.setAccepted(
              AcceptedAnswer.newBuilder().setOutcome(TaskCodec.toWire(outcome)).setNorm(norm));
      case Answer.Refused(var reason) -> wire.setRefused(reason);
      case Answer.Failed(var phase, var reason) ->
          wire.setFailed(
              org.wardfl.proto.wire.Failed.newBuilder().setPhase(phase).setReason(reason));
      case Answer.Declined(var reason) -> wire.setDeclined(reason);
    }
    return wire.build();
  }

  private static Answer answer(org.wardfl.proto.wire.TaskAnswered wire) throws WireException {
    return switch (wire.getAnswerCase()) {
      case ACCEPTED ->
          new Answer.Accepted(
              TaskCodec.fromWire(wire.getAccepted().getOutcome()), wire.getAccepted().getNorm());
      case REFUSED -> new Answer.Refused(wire.getRefused());
      case FAILED -> new Answer.Failed(wire.getFailed().getPhase(), wire.getFailed().getReason());
      case DECLINED -> new Answer.Declined(wire.getDeclined());
      case ANSWER_NOT_SET -> throw new WireException("unknown answer");
    };
  }

  private static org.wardfl.proto.wire.ModelPublished published(JobEvent.ModelPublished published) {
    var wire =
        org.wardfl.proto.wire.ModelPublished.newBuilder()
            .setTrack(published.track())
            .setModel(TaskCodec.toWire(published.model()));
    published
        .weights()
        .forEach((site, weight) ->
            wire.addWeights(SiteWeight.newBuilder().setSite(site.value()).setWeight(weight)));
    return wire.build();
  }

  private static JobEvent published(org.wardfl.proto.wire.ModelPublished wire, Instant at)
      throws WireException {
    var weights = new TreeMap<SiteName, Double>();
    wire.getWeightsList()
        .forEach(weight -> weights.put(new SiteName(weight.getSite()), weight.getWeight()));
    return new JobEvent.ModelPublished(
        wire.getTrack(), TaskCodec.fromWire(wire.getModel()), weights, at);
  }

  private static org.wardfl.proto.wire.UpdatesCompared compared(JobEvent.UpdatesCompared event) {
    var wire = org.wardfl.proto.wire.UpdatesCompared.newBuilder().setTrack(event.track());
    event
        .likeness()
        .forEach((site, likeness) ->
            wire.addUpdates(
                org.wardfl.proto.wire.ComparedUpdate.newBuilder()
                    .setSite(site.value())
                    .setCosine(likeness.cosine())
                    .setDistance(likeness.distance())));
    return wire.build();
  }

  private static JobEvent compared(org.wardfl.proto.wire.UpdatesCompared wire, Instant at) {
    var likeness = new TreeMap<SiteName, UpdateLikeness>();
    wire.getUpdatesList()
        .forEach(update ->
            likeness.put(
                new SiteName(update.getSite()),
                new UpdateLikeness(update.getCosine(), update.getDistance())));
    return new JobEvent.UpdatesCompared(wire.getTrack(), likeness, at);
  }

  private static JobEnded ended(JobEvent.Ended ended) {
    var wire =
        JobEnded.newBuilder()
            .setStatus(
                switch (ended.status()) {
                  case COMPLETED -> EndedAs.ENDED_AS_COMPLETED;
                  case ABORTED -> EndedAs.ENDED_AS_ABORTED;
                  case FAILED -> EndedAs.ENDED_AS_FAILED;
                  case SUBMITTED, WAITING, RUNNING ->
                      throw new IllegalArgumentException("a job cannot end as " + ended.status());
                })
            .setBy(ended.by().orElse(""));
    ended
        .failure()
        .ifPresent(why ->
            wire.setFailure(
                JobFailure.newBuilder()
                    .setSite(why.site().map(SiteName::value).orElse(""))
                    .setPhase(why.phase())
                    .setReason(why.reason())));
    return wire.build();
  }

  private static JobEvent ended(JobEnded wire, Instant at) throws WireException {
    var status =
        switch (wire.getStatus()) {
          case ENDED_AS_COMPLETED -> JobStatus.COMPLETED;
          case ENDED_AS_ABORTED -> JobStatus.ABORTED;
          case ENDED_AS_FAILED -> JobStatus.FAILED;
          case ENDED_AS_UNSPECIFIED, UNRECOGNIZED ->
              throw new WireException("unknown end of a job");
        };
    Optional<Failure> failure = Optional.empty();
    if (wire.hasFailure()) {
      var why = wire.getFailure();
      Optional<SiteName> site =
          why.getSite().isEmpty() ? Optional.empty() : Optional.of(new SiteName(why.getSite()));
      failure = Optional.of(new Failure(site, why.getPhase(), why.getReason()));
    }
    Optional<String> by = wire.getBy().isEmpty() ? Optional.empty() : Optional.of(wire.getBy());
    return new JobEvent.Ended(status, failure, by, at);
  }
}
