package org.wardfl.cli.audit;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `ward audit`.
@Command(
    name = "audit",
    mixinStandardHelpOptions = true,
    description = "Look whether audit logs are as they were written.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = VerifyCommand.class,
    footerHeading = "%nExample:%n",
    footer = "  ward audit verify hospital-a/data/audit.jsonl")
public final class AuditCommand implements Runnable {

  @Spec private CommandSpec spec;

  /// For picocli, which sets the specification.
  @SuppressWarnings("NullAway.Init")
  public AuditCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
