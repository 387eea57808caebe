package org.wardfl.client.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.client.job.SignedJobs;

class OutputFilesTest {

  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

  @TempDir private Path folder;

  @Test
  void whatWasPrintedIsKeptUnderItsJobForThirtyDaysAfterItsLastLine() throws Exception {
    var logs = folder.resolve("logs");
    var files = new OutputFiles(logs);
    var job = SignedJobs.submission().job();
    written(files.file(job, 7), NOW.minus(OutputFiles.KEPT).minusSeconds(1));
    // The name that an earlier version gave.
    written(logs.resolve("process-4711.log"), NOW.minus(OutputFiles.KEPT).minusSeconds(1));
    var kept = files.file(job, 8);
    written(kept, NOW.minus(OutputFiles.KEPT).plusSeconds(1));
    assertThat(kept.getFileName()).hasToString(job + "-8.log");

    files.expiry(() -> NOW).run();
    try (Stream<Path> left = Files.list(logs)) {
      assertThat(left).containsExactly(kept);
    }
  }

  @Test
  void aFolderThatIsNotThereEndsNoSchedule() {
    new OutputFiles(folder.resolve("none")).expiry(() -> NOW).run();
  }

  private static void written(Path file, Instant at) throws Exception {
    Files.writeString(file, "age 63\n");
    Files.setLastModifiedTime(file, FileTime.from(at));
  }
}
