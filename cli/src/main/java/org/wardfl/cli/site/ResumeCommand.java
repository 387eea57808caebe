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

/// `ward site resume`.
@Command(
    name = "resume",
    mixinStandardHelpOptions = true,
    description = "Let tasks begin again after `ward site pause`.",
    footerHeading = "%nExample:%n",
    footer = "  ward site resume --kit hospital-a")
final class ResumeCommand implements Callable<Integer> {

  @Mixin private ClientOptions client;
  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init")
  ResumeCommand() {}

  @Override
  public Integer call() {
    var answer = client.ask(ControlClient::resume);
    var out = spec.commandLine().getOut();
    if (common.json()) {
      out.print(Json.document(answer.json()));
    } else {
      out.println(answer.closed().map(why -> "resumed, but " + why).orElse("resumed"));
    }
    out.flush();
    return ExitCode.DONE.code();
  }
}
