package org.wardfl.cli.identity;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.wardfl.cli.CommonOptions;
import org.wardfl.cli.ExitCode;
import org.wardfl.cli.node.AdministratorOptions;
import org.wardfl.proto.json.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `ward cert push`.
@Command(
    name = "push",
    mixinStandardHelpOptions = true,
    description = {
      "Bring an update that 'ward cert revoke' or 'ward cert refresh' wrote to the running server.",
      "When this returns it is in force: whoever was revoked is disconnected."
    },
    footerHeading = "%nExample:%n",
    footer = "  ward cert push federation/updates/all.update --kit admin@uni.org")
final class PushCommand implements Callable<Integer> {

  @Parameters(paramLabel = "UPDATE", description = "The update.")
  private Path update;

  @Mixin private AdministratorOptions options;
  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init")
  PushCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    int revoked = options.ask((server, _) -> server.updateTrust(Files.readAllBytes(update)));
    var out = spec.commandLine().getOut();
    if (common.json()) {
      out.print(Json.document(Map.of("revoked", revoked)));
    } else {
      out.println("in force at the server: " + revoked + " certificates are revoked");
    }
    out.flush();
    return ExitCode.DONE.code();
  }
}
