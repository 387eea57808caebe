package org.wardfl.server;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.wardfl.proto.WireException;
import org.wardfl.proto.job.JobId;
import org.wardfl.server.job.JobEvent;
import org.wardfl.server.store.EventStore;
import org.wardfl.server.store.JobEventCodec;

/// The event streams of the jobs: one each, which begins with the submission. Whoever appends holds
/// the job's lock, so that a stream has one writer at a time.
final class JobJournal {

  private static final String STREAM = "job-";

  private final EventStore events;
  private final long epoch;

  JobJournal(EventStore events, long epoch) {
    this.events = events;
    this.epoch = epoch;
  }

  /// Makes a submission durable.
  ///
  /// @throws IOException if it cannot be; then there is no such stream
  void begin(JobEvent.Submitted submitted) throws IOException {
    append(submitted.id(), 0, List.of(submitted));
  }

  /// Makes the next events of a job durable, all or none; they are not applied yet.
  ///
  /// @throws IOException if they cannot be, or another server has taken over
  void append(JobRun run, List<? extends JobEvent> next) throws IOException {
    append(run.id(), run.sequence, next);
  }

  private void append(JobId id, long sequence, List<? extends JobEvent> next) throws IOException {
    try {
      events.append(
          STREAM + id, sequence, epoch, next.stream().map(JobEventCodec::toBytes).toList());
    } catch (EventStore.StaleWriterException e) {
      throw new IOException("another server has taken over: " + e.getMessage(), e);
    }
  }

  /// Every job as its stream left it, those that were deleted too.
  ///
  /// @throws IOException if a stream cannot be read, is damaged or was written by a later version
  List<JobRun> replay() throws IOException {
    var runs = new ArrayList<JobRun>();
    for (var stream : events.streams()) {
      if (stream.startsWith(STREAM)) {
        runs.add(replay(stream));
      }
    }
    return runs;
  }

  private JobRun replay(String stream) throws IOException {
    try {
      var stored = events.read(stream, 0);
      if (stored.isEmpty()
          || !(JobEventCodec.fromBytes(stored.getFirst())
              instanceof JobEvent.Submitted submitted)) {
        throw new IOException("stream " + stream + " does not begin with a submission");
      }
      var run = new JobRun(submitted);
      run.durable = true;
      for (var bytes : stored.subList(1, stored.size())) {
        run.apply(JobEventCodec.fromBytes(bytes));
      }
      return run;
    } catch (WireException | IllegalStateException e) {
      throw new IOException("stream " + stream + ": " + e.getMessage(), e);
    }
  }
}
