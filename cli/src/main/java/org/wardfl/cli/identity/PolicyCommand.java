package org.wardfl.cli.identity;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `ward policy`: rights in words.
@Command(
    name = "policy",
    mixinStandardHelpOptions = true,
    description = "Explain who may do what at a site.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = ExplainCommand.class,
    footerHeading = "%nExample:%n",
    footer = {
      "  ward policy explain --project project.yml --user alice@uni.org \\",
      "      --right submit_job --site hospital-a"
    })
public final class PolicyCommand implements Runnable {

  @Spec private CommandSpec spec;

  /// For picocli, which sets the specification.
  @SuppressWarnings("NullAway.Init")
  public PolicyCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
