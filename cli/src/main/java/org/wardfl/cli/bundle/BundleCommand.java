package org.wardfl.cli.bundle;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `ward bundle`.
@Command(
    name = "bundle",
    mixinStandardHelpOptions = true,
    description = "Look into MONAI bundles.",
    subcommands = ShowCommand.class,
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExample:%n",
    footer = "  ward bundle show spleen_ct_segmentation")
public final class BundleCommand implements Runnable {

  @Spec private CommandSpec spec;

  /// For picocli, which sets the specification.
  @SuppressWarnings("NullAway.Init")
  public BundleCommand() {}

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "a command is missing");
  }
}
