package org.wardfl.cli.federation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.SiteName;
import org.wardfl.certs.LeafProfile;
import org.wardfl.client.host.AlgorithmCatalog;
import org.wardfl.client.job.JobFile;
import org.wardfl.client.job.JobPackage;
import org.wardfl.client.link.LinkException;
import org.wardfl.proto.job.Submission;

/// Somebody who may submit sends the server a manifest that was signed for other files.
@Timeout(180)
class SplicedJobTest {

  private static final String JOB =
      """
      name: one
      min_sites: 1
      workflow: {type: fedavg, rounds: 1}
      algorithm: {type: quadratic}
      """;

  private static final SortedSet<SiteName> SITES =
      new TreeSet<>(List.of(new SiteName(InProcess.SITE)));

  @TempDir private Path folder;

  @Test
  void theServerTakesNoFileThatTheManifestDoesNotName() throws Exception {
    try (var federation = new InProcess(folder)) {
      federation.startServer();
      var lead = federation.person(InProcess.LEAD);
      var own = "readme of the one\n";
      var signed = signed(federation, own);
      var other = "readme of another\n";
      var spliced = SplicedPackage.of(signed.file(), own, other, folder.resolve("spliced"));
      try (var zip = new ZipFile(spliced.toFile());
          var readme = zip.getInputStream(zip.getEntry("README"))) {
        assertThat(readme).as("other programs find no fault").hasContent(other);
      }
      assertThatExceptionOfType(LinkException.class)
          .isThrownBy(() -> lead.submit(signed.submission().job(), spliced))
          .withMessageContaining("file 'README' is not what was signed: its hash is another");
      assertThat(lead.jobs(10, Optional.empty()).jobs()).isEmpty();
      InProcess.await(
          () -> federation.audit().contains("\"result\":\"refused: JOB_REFUSED\""),
          () -> "a record of it");
      // What was signed is taken.
      lead.submit(signed.submission().job(), signed.file());
      assertThat(lead.jobs(10, Optional.empty()).jobs()).hasSize(1);
    }
  }

  private record Signed(Submission submission, Path file) {}

  private Signed signed(InProcess federation, String readme) throws Exception {
    var job = Files.createDirectories(folder.resolve("job"));
    Files.writeString(job.resolve("job.yaml"), JOB);
    Files.writeString(job.resolve("README"), readme);
    var submission = Submission.create(federation.clock(), Duration.ofDays(1));
    var file = folder.resolve("package");
    var _ =
        JobPackage.write(
            job,
            new JobFile(job, AlgorithmCatalog.installed()).read(SITES, OptionalLong.empty()),
            submission,
            federation.kit(InProcess.LEAD, LeafProfile.USER).identity(),
            file);
    return new Signed(submission, file);
  }
}
