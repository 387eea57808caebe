package org.wardfl.server;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.proto.job.JobId;
import org.wardfl.server.report.Report;
import org.wardfl.server.result.ResultFiles;
import org.wardfl.server.result.RunRecord;
import org.wardfl.server.store.BlobStore;

/// What is known of each job for people, and the files of those that have ended: a folder each.
final class JobResults {

  private final Path folder;
  private final BlobStore blobs;
  private final RunRecord.Environment environment;

  JobResults(Path folder, BlobStore blobs, RunRecord.Environment environment) {
    this.folder = folder;
    this.blobs = blobs;
    this.environment = environment;
  }

  Path folder(JobId id) {
    return folder.resolve(id.value());
  }

  private ResultFiles files(JobId id) {
    return new ResultFiles(folder(id));
  }

  /// Everything about a job; takes its lock.
  RunRecord record(JobRun run) {
    run.lock.lock();
    try {
      return run.history.record(environment);
    } finally {
      run.lock.unlock();
    }
  }

  /// Whether a job's results are still to be written. Under its lock.
  boolean isUnwritten(JobRun run) {
    return !run.state.status().isEnded() || !files(run.id()).isComplete();
  }

  /// Writes the files of a job that has ended, unless they are complete, and notes the models that
  /// they give away. Reads and writes models: not under a lock.
  ///
  /// @throws IOException if one cannot be read or written
  void write(JobRun run) throws IOException {
    var record = record(run);
    var files = files(run.id());
    if (!files.isComplete()) {
      files.write(record, blobs, Report::write);
    }
    release(run, files.released(record, blobs));
  }

  private static void release(JobRun run, Map<ModelHash, ModelHash> released) {
    run.lock.lock();
    try {
      run.history.released(released);
    } finally {
      run.lock.unlock();
    }
  }

  /// Deletes them, if there are any.
  ///
  /// @throws IOException if one cannot be deleted
  void delete(JobId id) throws IOException {
    files(id).delete();
  }
}
