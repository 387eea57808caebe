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

/// `ward site pause`.
@Command(
    name = "pause",
    mixinStandardHelpOptions = true,
    description = "Let no task begin any more, until `ward site resume`; also after a restart.",
    footerHeading = "%nExample:%n",
    footer = "  ward site pause --kit hospital-a")
final class PauseCommand implements Callable<Integer> {

  @Mixin private ClientOptions client;
  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init")
  PauseCommand() {}

  @Override
  public Integer call() {
    var answer = client.ask(ControlClient::pause);
    var out = spec.commandLine().getOut();
    if (common.json()) {
      out.print(Json.document(answer.json()));
    } else {
      out.println(
          "paused: no task begins; "
              + (answer.running() == 0
                  ? "none is in work"
                  : answer.running() + " in work will be finished"));
      out.println("to let tasks begin again: ward site resume");
    }
    out.flush();
    return ExitCode.DONE.code();
  }
}
