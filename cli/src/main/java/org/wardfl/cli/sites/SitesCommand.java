package org.wardfl.cli.sites;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `ward sites`.
@Command(
    name = "sites",
    mixinStandardHelpOptions = true,
    description = "See the sites of a federation, and look after them.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ListCommand.class,
      ShowCommand.class,
      DisableCommand.class,
      EnableCommand.class,
      RemoveCommand.class,
      RebindCommand.class
    },
    footerHeading = "%nExample:%n",
    footer = "  ward sites list --kit admin@uni.org")
public final class SitesCommand implements Runnable {

  @Spec private CommandSpec spec;

  /// For picocli, which sets the specification.
  @SuppressWarnings("NullAway.Init")
  public SitesCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
