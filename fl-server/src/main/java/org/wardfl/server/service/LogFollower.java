package org.wardfl.server.service;

import io.grpc.stub.ServerCallStreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.wire.LogLine;
import org.wardfl.proto.wire.LogPage;
import org.wardfl.server.Coordinator;
import org.wardfl.server.log.JobLogs;

/// Sends what a job printed to one reader, as fast as that reader takes it, on a thread of its own.
final class LogFollower {

  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(2);
  // The sites tell their last lines after the job has ended.
  private static final Duration AFTER_THE_END = Duration.ofSeconds(1);

  private final Coordinator coordinator;
  private final JobLogs logs;
  private final JobId job;
  private final Optional<SiteName> site;
  private final ServerCallStreamObserver<LogPage> call;
  private final Semaphore ready = new Semaphore(0);
  private long offset;

  LogFollower(
      Coordinator coordinator,
      JobLogs logs,
      JobId job,
      Optional<SiteName> site,
      long offset,
      ServerCallStreamObserver<LogPage> call) {
    this.coordinator = coordinator;
    this.logs = logs;
    this.job = job;
    this.site = site;
    this.offset = offset;
    this.call = call;
  }

  void begin(boolean follow) {
    call.setOnReadyHandler(ready::release);
    call.setOnCancelHandler(ready::release);
    var _ =
        Thread.ofVirtual()
            .name("logs-" + job)
            .start(() -> {
              try {
                send(follow);
                call.onCompleted();
              } catch (Exception e) {
                // Whatever happens must end the call.
                call.onError(Calls.refusal(e).exception());
              }
            });
  }

  private void send(boolean follow) throws IOException, InterruptedException {
    sendAll();
    while (follow && !call.isCancelled() && !hasEnded()) {
      logs.await(job, offset, LONGEST_SILENCE);
      sendAll();
    }
    if (follow && !call.isCancelled()) {
      logs.await(job, offset, AFTER_THE_END);
      sendAll();
    }
  }

  private boolean hasEnded() {
    return coordinator.show(job).map(run -> run.status().isEnded()).orElse(true);
  }

  private void sendAll() throws IOException, InterruptedException {
    while (!call.isCancelled()) {
      var page = logs.read(job, offset, site);
      if (page.next() == offset) {
        return;
      }
      offset = page.next();
      var wire = LogPage.newBuilder().setOffset(offset);
      for (var line : page.lines()) {
        wire.addLines(
            LogLine.newBuilder()
                .setSite(line.site().value())
                .setAtMs(line.at().toEpochMilli())
                .setText(line.text()));
      }
      while (!call.isReady() && !call.isCancelled()) {
        ready.acquire();
      }
      if (!call.isCancelled()) {
        call.onNext(wire.build());
      }
    }
  }
}
