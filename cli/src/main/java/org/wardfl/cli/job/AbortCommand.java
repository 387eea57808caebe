package org.wardfl.cli.job;

import java.util.concurrent.Callable;
import org.wardfl.cli.CommonOptions;
import org.wardfl.cli.ExitCode;
import org.wardfl.cli.node.AdministratorOptions;
import org.wardfl.proto.job.JobStatus;
import org.wardfl.proto.json.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `ward job abort`.
@Command(
    name = "abort",
    mixinStandardHelpOptions = true,
    description = "End a job. Its sites stop at once; what it has so far stays.",
    footerHeading = "%nExample:%n",
    footer = "  ward job abort 019a0000-0000-7000-8000-000000000000 --kit alice@uni.org")
final class AbortCommand implements Callable<Integer> {

  @Parameters(paramLabel = "ID", description = "The job, as 'ward job submit' printed it.")
  private String id;

  @Mixin private AdministratorOptions options;
  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init")
  AbortCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    var job = options.ask((server, _) -> server.abort(id));
    var out = spec.commandLine().getOut();
    if (common.json()) {
      out.print(Json.document(JobView.json(job)));
    } else if (job.status() == JobStatus.ABORTED) {
      out.println(JobView.line(job));
    } else {
      out.println(JobView.line(job) + "; it had ended before");
    }
    out.flush();
    return ExitCode.DONE.code();
  }
}
