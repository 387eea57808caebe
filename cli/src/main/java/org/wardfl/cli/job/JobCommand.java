package org.wardfl.cli.job;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `ward job`.
@Command(
    name = "job",
    mixinStandardHelpOptions = true,
    description = "Submit jobs to a server, and follow them.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ValidateCommand.class,
      ExplainCommand.class,
      SubmitCommand.class,
      ListCommand.class,
      ShowCommand.class,
      WaitCommand.class,
      LogsCommand.class,
      AbortCommand.class,
      CloneCommand.class,
      DownloadCommand.class,
      DeleteCommand.class,
      ImportCommand.class
    },
    footerHeading = "%nExample:%n",
    footer = "  ward job submit examples/breast-cancer --kit alice@uni.org")
public final class JobCommand implements Runnable {

  @Spec private CommandSpec spec;

  /// For picocli, which sets the specification.
  @SuppressWarnings("NullAway.Init")
  public JobCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
