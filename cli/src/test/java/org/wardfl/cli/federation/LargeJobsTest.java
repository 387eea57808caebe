package org.wardfl.cli.federation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.cli.Commands;
import org.wardfl.proto.job.JobCodec;
import org.wardfl.proto.wire.Argument;
import org.wardfl.proto.wire.Value;

/// Large jobs, and many of them, as one person with the right to submit can send them.
@Timeout(120)
class LargeJobsTest {

  private static final String SITE_2 = "  - {name: site-2, type: client, org: hospb}\n";
  private static final int WAITING = 30;

  @TempDir private Path folder;

  @Test
  void aJobBeyondTheBoundIsRefusedWhereItIsReadAndByTheServer() throws Exception {
    try (var federation = new InProcess(folder)) {
      federation.startServer();
      var said = new StringWriter();
      int exitCode =
          Commands.run(
              new PrintWriter(said),
              new PrintWriter(said),
              "job",
              "submit",
              job("large", "[site-1]", JobCodec.MOST_BYTES).toString(),
              "--kit",
              federation.kitFolder(InProcess.LEAD).toString(),
              "--password-file",
              federation.passwordFile(InProcess.LEAD).toString());
      assertThat(exitCode).as(said.toString()).isEqualTo(2);
      assertThat(said.toString()).contains("bytes, expected at most 262144; put long texts");

      var text = Value.newBuilder().setText("x".repeat(JobCodec.MOST_BYTES));
      var more = Argument.newBuilder().setName("more").setValue(text);
      assertThat(
              HandMadeJob.refusal(
                  federation,
                  job("small", "[site-1]", 10),
                  folder,
                  job ->
                      job.setAlgorithm(
                          job.getAlgorithm().toBuilder()
                              .setArguments(
                                  job.getAlgorithm().getArguments().toBuilder().addEntries(more)))))
          .contains("bytes, expected at most 262144");
      assertThat(federation.command(InProcess.LEAD, "job", "list", "--json"))
          .doesNotContain("\"name\"");
    }
  }

  /// What waits for the absent site takes several messages to say; the present one works on.
  @Test
  void aSiteWorksWhileMoreIsWantedThanOneMessageHolds() throws Exception {
    try (var federation = new InProcess(folder, SITE_2)) {
      federation.startServer();
      var client = federation.startClient();
      InProcess.await(client.node()::isConnected, () -> "connected");
      var large = job("large", "[site-1, site-2]", 60_000);
      for (int i = 0; i < WAITING; i++) {
        federation.command(InProcess.LEAD, "job", "submit", large.toString());
      }
      InProcess.await(
          () ->
              jobsAtSite(federation).stream().filter(it -> it.contains("large")).count() == WAITING,
          () -> "all jobs at the site: " + jobsAtSite(federation));
      var small = job("small", "[site-1]", 10);
      var id = federation.command(InProcess.LEAD, "job", "submit", small.toString()).strip();
      assertThat(federation.command(InProcess.LEAD, "job", "wait", id, "--json"))
          .contains("\"status\": \"COMPLETED\"");
      assertThat(client.node().isConnected()).isTrue();
      assertThat(jobsAtSite(federation)).filteredOn(it -> it.contains("large")).hasSize(WAITING);
    }
  }

  private static List<String> jobsAtSite(InProcess federation) {
    var said = new StringWriter();
    int exitCode =
        Commands.run(
            new PrintWriter(said),
            new PrintWriter(said),
            "site",
            "jobs",
            "--data",
            federation.clientData().toString());
    assertThat(exitCode).as(said.toString()).isZero();
    return said.toString().lines().toList();
  }

  private Path job(String name, String sites, int length) throws IOException {
    var job = Files.createTempDirectory(folder, "job");
    Files.writeString(
        job.resolve("job.yaml"),
        """
        name: %s
        sites: %s
        min_sites: 1
        mandatory_sites: %s
        workflow: {type: fedavg, rounds: 1}
        algorithm: {type: quadratic, args: {text: "%s"}}
        resources: {memory: 64MiB}
        """
            .formatted(name, sites, sites, "x".repeat(length)));
    return job;
  }
}
