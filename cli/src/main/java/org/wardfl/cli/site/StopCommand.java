package org.wardfl.cli.site;

import java.util.concurrent.Callable;
import org.wardfl.cli.CommonOptions;
import org.wardfl.cli.ExitCode;
import org.wardfl.proto.json.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `ward site stop`.
@Command(
    name = "stop",
    mixinStandardHelpOptions = true,
    description =
        "Take this site out of a job, for good: its task is stopped, and no other begins.",
    footerHeading = "%nExample:%n",
    footer = "  ward site stop 01890a5d --kit hospital-a")
final class StopCommand implements Callable<Integer> {

  @Parameters(paramLabel = "JOB", description = "The job's id, or the beginning of it.")
  private String job;

  @Mixin private ClientOptions client;
  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init")
  StopCommand() {}

  @Override
  public Integer call() {
    var answer = client.ask(site -> site.stop(job));
    var out = spec.commandLine().getOut();
    if (common.json()) {
      out.print(Json.document(answer.json()));
    } else {
      out.println("this site has left job " + answer.id() + "; the server is told so");
    }
    out.flush();
    return ExitCode.DONE.code();
  }
}
