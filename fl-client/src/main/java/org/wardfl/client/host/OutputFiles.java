package org.wardfl.client.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardfl.proto.job.JobId;

/// What job processes print, for the people of the site: a file for each process, named by its job.
///
/// A job's code may print a patient's row, so the files do not stay longer than somebody may want
/// to know why a job failed.
///
/// @param folder made when a file is
public record OutputFiles(Path folder) {

  /// So long a file is kept after its last line.
  public static final Duration KEPT = Duration.ofDays(30);

  private static final Logger LOG = LoggerFactory.getLogger(OutputFiles.class);
  private static final String SUFFIX = ".log";

  /// Where a process's output goes.
  ///
  /// @throws IOException if the folder cannot be made
  Path file(JobId job, long process) throws IOException {
    return Files.createDirectories(folder).resolve(job.value() + "-" + process + SUFFIX);
  }

  /// Deletes what was written last longer than [#KEPT] ago. Of a job that still prints, the present
  /// file stays.
  ///
  /// @throws IOException if a file cannot be deleted
  void expire(InstantSource clock) throws IOException {
    var before = clock.instant().minus(KEPT);
    try (var files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
      for (var file : files) {
        if (Files.getLastModifiedTime(file).toInstant().isBefore(before)) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  /// Deletes what is due each time that it runs; what fails is told in the agent's own log.
  public Runnable expiry(InstantSource clock) {
    return () -> {
      try {
        expire(clock);
      } catch (IOException | RuntimeException e) {
        // An exception would end the schedule.
        LOG.atError().setCause(e).log("old output of job processes could not be deleted");
      }
    };
  }
}
