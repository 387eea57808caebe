package org.wardfl.cli.identity;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `ward cert`: the life of certificates.
@Command(
    name = "cert",
    mixinStandardHelpOptions = true,
    description = "Request, approve, install, renew, revoke and show certificates.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      RequestCommand.class,
      RenewCommand.class,
      RequestsCommand.class,
      ApproveCommand.class,
      DelegateCommand.class,
      InstallCommand.class,
      RevokeCommand.class,
      RefreshCommand.class,
      PushCommand.class,
      RotateCommand.class,
      ShowCommand.class
    },
    footerHeading = "%nExample:%n",
    footer = "  ward cert show --kit hospital-a")
public final class CertCommand implements Runnable {

  @Spec private CommandSpec spec;

  /// For picocli, which sets the specification.
  @SuppressWarnings("NullAway.Init")
  public CertCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
