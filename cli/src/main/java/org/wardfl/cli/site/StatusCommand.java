package org.wardfl.cli.site;

import java.util.concurrent.Callable;
import org.wardfl.cli.CommonOptions;
import org.wardfl.cli.ExitCode;
import org.wardfl.client.control.ControlClient;
import org.wardfl.proto.json.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `ward site status`.
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Show where this site's client stands.",
    footerHeading = "%nExample:%n",
    footer = "  ward site status --kit hospital-a")
final class StatusCommand implements Callable<Integer> {

  @Mixin private ClientOptions client;
  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init")
  StatusCommand() {}

  @Override
  public Integer call() {
    var answer = client.ask(ControlClient::status);
    var out = spec.commandLine().getOut();
    if (common.json()) {
      out.print(Json.document(answer.json()));
    } else {
      Views.print(answer, out);
      out.println(
          answer.paused() ? "to let tasks begin again: ward site resume" : "see: ward site jobs");
    }
    out.flush();
    return ExitCode.DONE.code();
  }
}
