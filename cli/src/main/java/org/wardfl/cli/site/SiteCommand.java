package org.wardfl.cli.site;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `ward site`.
@Command(
    name = "site",
    mixinStandardHelpOptions = true,
    description = {
      "See what this site's client does, and decide what it may do; on the client's own machine.",
      "It works whether the server can be reached or not. Only the client's user and root may."
    },
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      StatusCommand.class,
      JobsCommand.class,
      ApproveCommand.class,
      PauseCommand.class,
      ResumeCommand.class,
      StopCommand.class
    },
    footerHeading = "%nExample:%n",
    footer = "  ward site status --kit hospital-a")
public final class SiteCommand implements Runnable {

  @Spec private CommandSpec spec;

  /// For picocli, which sets the specification.
  @SuppressWarnings("NullAway.Init")
  public SiteCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
