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

/// `ward site approve`.
@Command(
    name = "approve",
    mixinStandardHelpOptions = true,
    description = {
      "Approve a job that waits for it, as it was signed; see: ward site jobs.",
      "It then runs in the sandbox that the site's file asks for."
    },
    footerHeading = "%nExample:%n",
    footer = "  ward site approve 01890a5d --kit hospital-a")
final class ApproveCommand implements Callable<Integer> {

  @Parameters(paramLabel = "JOB", description = "The job's id, or the beginning of it.")
  private String job;

  @Mixin private ClientOptions client;
  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init")
  ApproveCommand() {}

  @Override
  public Integer call() {
    var answer = client.ask(site -> site.approve(job));
    var out = spec.commandLine().getOut();
    if (common.json()) {
      out.print(Json.document(answer.json()));
    } else {
      Views.print(answer, out);
      out.println("approved; to take it back: ward site stop " + answer.id());
    }
    out.flush();
    return ExitCode.DONE.code();
  }
}
