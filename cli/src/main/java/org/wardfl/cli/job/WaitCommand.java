package org.wardfl.cli.job;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.wardfl.cli.CommonOptions;
import org.wardfl.cli.ExitCode;
import org.wardfl.cli.node.AdministratorOptions;
import org.wardfl.client.admin.AdminSession;
import org.wardfl.client.link.LinkException;
import org.wardfl.proto.admin.JobReport;
import org.wardfl.proto.job.JobStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `ward job wait`.
@Command(
    name = "wait",
    mixinStandardHelpOptions = true,
    description = {
      "Follow a job to its end: exit code 0 if it completed, 1 if it failed or was aborted.",
      "A lost connection does not matter to the job, and is made again."
    },
    footerHeading = "%nExample:%n",
    footer = "  ward job wait 019a0000-0000-7000-8000-000000000000 --kit alice@uni.org --json")
final class WaitCommand implements Callable<Integer> {

  private static final Duration PAUSE = Duration.ofSeconds(1);

  @Parameters(paramLabel = "ID", description = "The job, as 'ward job submit' printed it.")
  private String id;

  @Mixin private AdministratorOptions options;
  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  private String lastLine = "";

  @SuppressWarnings("NullAway.Init")
  WaitCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    var report = options.ask((server, _) -> follow(server));
    var out = spec.commandLine().getOut();
    out.print(common.json() ? JobView.json(report) : JobView.text(report));
    out.flush();
    boolean completed = report.summary().status() == JobStatus.COMPLETED;
    return (completed ? ExitCode.DONE : ExitCode.FAILED).code();
  }

  private JobReport follow(AdminSession server) throws LinkException, InterruptedException {
    boolean heard = false;
    while (true) {
      try {
        // Whether there is such a job, and a server at all, is told at once.
        var first = server.show(id);
        heard = true;
        tell(first);
        var last = server.follow(id, this::tell);
        if (last.isPresent() && last.get().summary().status().isEnded()) {
          return last.get();
        }
      } catch (LinkException e) {
        if (!heard || e.isFinal()) {
          throw e;
        }
        say("the server cannot be reached, and is asked again: " + e.getMessage());
      }
      Thread.sleep(PAUSE);
    }
  }

  private void tell(JobReport report) {
    say(JobView.line(report.summary()));
  }

  private void say(String line) {
    if (!line.equals(lastLine)) {
      lastLine = line;
      var err = spec.commandLine().getErr();
      err.println(line);
      err.flush();
    }
  }
}
