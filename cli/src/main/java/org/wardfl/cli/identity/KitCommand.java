package org.wardfl.cli.identity;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `ward kit`: startup kits as they arrive.
@Command(
    name = "kit",
    mixinStandardHelpOptions = true,
    description = "Unpack a startup kit, and check that nobody changed it.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {UnpackCommand.class, VerifyCommand.class},
    footerHeading = "%nExample:%n",
    footer = "  ward kit unpack hospital-a.zip")
public final class KitCommand implements Runnable {

  @Spec private CommandSpec spec;

  /// For picocli, which sets the specification.
  @SuppressWarnings("NullAway.Init")
  public KitCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
