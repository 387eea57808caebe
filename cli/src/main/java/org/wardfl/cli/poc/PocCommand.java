package org.wardfl.cli.poc;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `ward poc`.
@Command(
    name = "poc",
    mixinStandardHelpOptions = true,
    description = {
      "Run a provisioned federation of real processes on this machine, over mutual TLS.",
      "While it is up, commands that ask the server use its kit when they are given none."
    },
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {UpCommand.class, StatusCommand.class, DownCommand.class},
    footerHeading = "%nExample:%n",
    footer = {
      "  ward poc up -n 4 --data examples/breast-cancer/data",
      "  ward job submit examples/breast-cancer",
      "  ward poc down"
    })
public final class PocCommand implements Runnable {

  @Spec private CommandSpec spec;

  /// For picocli, which sets the specification.
  @SuppressWarnings("NullAway.Init")
  public PocCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
