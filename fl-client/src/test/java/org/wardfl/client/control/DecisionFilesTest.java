package org.wardfl.client.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.wardfl.client.job.SignedJobs.ALICE;
import static org.wardfl.client.job.SignedJobs.CLOCK;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.client.job.SignedJobs;

class DecisionFilesTest {

  @TempDir private Path folder;

  @Test
  void decisionsOutliveARestart() throws Exception {
    var job = SignedJobs.signed(folder, SignedJobs.ownCode(), ALICE);
    var other = SignedJobs.signed(folder, SignedJobs.ownCode(), ALICE);
    var files = open();
    assertThat(files.isApproved(job)).isFalse();
    files.approve(job, "carol");
    files.leave(other, "carol");
    files.pause("dr smith");
    for (var again : new DecisionFiles[] {files, open()}) {
      assertThat(again.isApproved(job)).isTrue();
      assertThat(again.isApproved(other)).isFalse();
      assertThat(again.hasLeft(other.id())).isTrue();
      assertThat(again.hasLeft(job.id())).isFalse();
      assertThat(again.pausedBy()).contains("dr smith");
    }
    files.resume();
    files.resume();
    assertThat(open().pausedBy()).isEmpty();
  }

  @Test
  void aDecisionIsForgottenWithItsJob() throws Exception {
    var job = SignedJobs.signed(folder, SignedJobs.ownCode(), ALICE);
    open().approve(job, "carol");
    var later =
        new DecisionFiles(
            folder.resolve("decisions"), () -> CLOCK.instant().plus(Duration.ofDays(8)));
    assertThat(later.isApproved(job)).isFalse();
    assertThat(folder.resolve("decisions")).isEmptyDirectory();
  }

  @Test
  void anApprovalIsForExactlyWhatWasSigned() throws Exception {
    var job = SignedJobs.signed(folder, SignedJobs.ownCode(), ALICE);
    open().approve(job, "carol");
    var file = folder.resolve("decisions").resolve(job.id().value() + ".approved");
    Files.writeString(file, Files.readString(file).replace(job.manifestSha256(), "0".repeat(64)));
    assertThat(open().isApproved(job)).isFalse();
  }

  @Test
  void aDamagedDecisionIsNamed() throws Exception {
    Files.createDirectories(folder.resolve("decisions"));
    Files.writeString(folder.resolve("decisions/paused"), "now");
    assertThatIOException()
        .isThrownBy(this::open)
        .withMessageContaining("paused is damaged: expected a time, a hash and a name");
  }

  private DecisionFiles open() throws Exception {
    return new DecisionFiles(folder.resolve("decisions"), CLOCK);
  }
}
