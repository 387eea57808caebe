package org.wardfl.server.service;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.WireException;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.wire.LogLines;
import org.wardfl.proto.wire.LogReceipt;
import org.wardfl.server.Coordinator;
import org.wardfl.server.log.JobLogs;

/// Takes what sites tell of their jobs' output; only of jobs that they take part in, and not long
/// after those have ended.
public final class LogIntake {

  private static final int MOST_LINES = 1000;
  private static final Duration AFTER_THE_END = Duration.ofMinutes(1);

  private final Coordinator coordinator;
  private final JobLogs logs;
  private final InstantSource clock;

  /// An intake.
  public LogIntake(Coordinator coordinator, JobLogs logs, InstantSource clock) {
    this.coordinator = coordinator;
    this.logs = logs;
    this.clock = clock;
  }

  LogReceipt take(SiteName site, LogLines lines) throws Calls.Refused, WireException, IOException {
    var job = Calls.job(lines.getJob());
    var run = coordinator.show(job);
    boolean takesPart =
        run.isPresent()
            && run.get().definition().sites().contains(site)
            && run.get()
                .finished()
                .map(at -> clock.instant().isBefore(at.plus(AFTER_THE_END)))
                .orElse(true);
    if (!takesPart) {
      throw new Calls.Refused(Reason.OBSOLETE, "nobody keeps the output of job " + job);
    }
    if (lines.getLinesCount() > MOST_LINES || lines.getNumber() < 0 || lines.getLeftOut() < 0) {
      throw new Calls.Refused(
          Reason.MALFORMED, lines.getLinesCount() + " lines; expected at most " + MOST_LINES);
    }
    return LogReceipt.newBuilder()
        .setWanted(logs.add(job, site, lines.getNumber(), lines.getLinesList(), lines.getLeftOut()))
        .build();
  }
}
