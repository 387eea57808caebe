package org.wardfl.cli.site;

import java.util.concurrent.Callable;
import org.wardfl.cli.CommonOptions;
import org.wardfl.cli.ExitCode;
import org.wardfl.client.control.ControlClient;
import org.wardfl.client.control.SiteJob;
import org.wardfl.proto.json.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `ward site jobs`.
@Command(
    name = "jobs",
    mixinStandardHelpOptions = true,
    description =
        "List the jobs that this site knows of, what it decided about each, and by which rule.",
    footerHeading = "%nExample:%n",
    footer = "  ward site jobs --data /var/lib/ward")
final class JobsCommand implements Callable<Integer> {

  @Mixin private ClientOptions client;
  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init")
  JobsCommand() {}

  @Override
  public Integer call() {
    var answer = client.ask(ControlClient::jobs);
    var out = spec.commandLine().getOut();
    if (common.json()) {
      out.print(Json.document(SiteJob.json(answer)));
    } else {
      Views.print(answer, out);
    }
    out.flush();
    return ExitCode.DONE.code();
  }
}
