package org.wardfl.cli.simulate;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.server.JobListener;
import org.wardfl.server.job.JobEvent;
import org.wardfl.server.job.JobState;
import org.wardfl.server.job.Scores;
import org.wardfl.server.result.RunRecord;

/// A line for every round, and on a terminal a bar below them.
final class RoundLines implements JobListener {

  private static final int BAR = 30;
  private static final String CLEAR = "\r\033[K";

  private final JobDefinition job;
  private final int rounds;
  private final PrintWriter out;
  private final boolean terminal;
  private Optional<Closed> closed = Optional.empty();
  // Rounds that train nothing have numbers, too.
  private int untrained;

  /// A round that is over, whose model is not there yet.
  private record Closed(JobState.OpenRound round, Instant at) {
    private RunRecord.Kind kind() {
      return round.plan().kind();
    }
  }

  RoundLines(JobDefinition job, PrintWriter out, boolean terminal) {
    this.job = job;
    this.out = out;
    this.terminal = terminal;
    this.rounds = Math.toIntExact(job.rounds());
  }

  synchronized void begin() {
    say(
        String.format(
            Locale.ROOT,
            "%s: %d sites%s%s, seed %d",
            job.name(),
            job.sites().size(),
            job.sample() == 0 ? "" : " (" + job.sample() + " a round)",
            rounds == 0 ? "" : ", " + rounds + (rounds == 1 ? " round" : " rounds"),
            job.seed()));
  }

  synchronized void end() {
    if (terminal) {
      out.print(CLEAR);
      out.flush();
    }
  }

  synchronized void say(String line) {
    if (terminal) {
      out.print(CLEAR);
    }
    out.println(line);
    out.flush();
  }

  @Override
  public synchronized void happened(JobId id, JobEvent event, JobState after) {
    switch (event) {
      case JobEvent.RoundClosed(_, var at) -> {
        closed = after.open().map(round -> new Closed(round, at));
        closed.ifPresent(this::describe);
      }
      case JobEvent.RoundOpened(var workflow, _, _) ->
          closed
              .filter(round -> round.kind() == RunRecord.Kind.EVALUATE)
              .ifPresent(round ->
                  say(
                      line(
                          round,
                          workflow <= job.lastTraining() ? "scores" : what(round),
                          "",
                          round.at())));
      case JobEvent.ModelPublished(var track, var model, _, var at) -> {
        if (track.equals(TaskAssignment.GLOBAL)) {
          closed.ifPresent(round -> say(line(round, what(round), model.hex().substring(0, 8), at)));
        }
      }
      case JobEvent.Ended(_, _, _, var at) ->
          closed
              .filter(round -> round.kind() == RunRecord.Kind.EVALUATE)
              .ifPresent(round -> say(line(round, what(round), "", at)));
      case JobEvent.TaskAnswered _ -> bar(after);
      case JobEvent.Submitted _,
          JobEvent.SitesTaken _,
          JobEvent.Started _,
          JobEvent.UpdatesCompared _,
          JobEvent.BestModelChosen _,
          JobEvent.Deleted _ -> {
        // Nothing to see.
      }
    }
  }

  /// Whose scores of all sites are depends on what comes next, so they wait for that.
  private void describe(Closed round) {
    switch (round.kind()) {
      case EVALUATE -> untrained++;
      case CROSS_SITE, STATISTICS -> {
        untrained++;
        say(line(round, what(round), "", round.at()));
      }
      case INITIAL, TRAIN -> {
        // Its model is told.
      }
    }
  }

  private String what(Closed closed) {
    return switch (closed.kind()) {
      case INITIAL -> "initial model";
      case TRAIN ->
          String.format(
              Locale.ROOT, "round %3d/%d", closed.round().plan().round(), rounds + untrained);
      case EVALUATE -> "final model";
      case CROSS_SITE -> "cross-site";
      case STATISTICS -> "statistics";
    };
  }

  private static String line(Closed closed, String what, String model, Instant at) {
    var round = closed.round();
    var plan = round.plan();
    // A round across sites has several tasks for each, and none that counts toward the quorum.
    boolean bySite = !round.counted().isEmpty();
    var tasks = bySite ? round.counted() : plan.tasks().stream().map(TaskAssignment::key).toList();
    var line = new StringBuilder();
    line.append(
        String.format(
            Locale.ROOT,
            "%-14s %d of %d %s  %6.2f s",
            what,
            tasks.stream().filter(round::isAccepted).count(),
            tasks.size(),
            bySite ? "sites" : "scores",
            Duration.between(round.openedAt(), at).toMillis() / 1e3));
    if (!model.isEmpty()) {
      line.append("  -> ").append(model);
    }
    var means = Scores.mean(plan, round.answers(), TaskAssignment.GLOBAL);
    if (!means.isEmpty()) {
      line.append(plan.kind() == RunRecord.Kind.TRAIN ? "  received model:" : "  ");
      means.forEach((name, value) ->
          line.append(' ').append(name).append(' ').append(ResultTable.number(value)));
    }
    return line.toString();
  }

  private void bar(JobState state) {
    if (!terminal || state.open().isEmpty()) {
      return;
    }
    var round = state.open().get();
    double inRound = (double) round.answers().size() / Math.max(1, round.plan().tasks().size());
    int all = rounds + untrained;
    double done = Math.clamp((round.plan().round() - 1 + inRound) / (all + 1), 0, 1);
    int filled = (int) Math.round(done * BAR);
    out.printf(
        Locale.ROOT,
        "%s[%s%s] %3.0f %%  round %d of %d",
        CLEAR,
        "#".repeat(filled),
        "-".repeat(BAR - filled),
        100 * done,
        Math.min(round.plan().round(), all),
        all);
    out.flush();
  }
}
