package org.wardfl.cli;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Set;
import org.wardfl.cli.audit.AuditCommand;
import org.wardfl.cli.bundle.BundleCommand;
import org.wardfl.cli.console.ConsoleCommand;
import org.wardfl.cli.doctor.DoctorCommand;
import org.wardfl.cli.identity.CertCommand;
import org.wardfl.cli.identity.KitCommand;
import org.wardfl.cli.identity.PolicyCommand;
import org.wardfl.cli.identity.ProvisionCommand;
import org.wardfl.cli.job.JobCommand;
import org.wardfl.cli.model.ModelCommand;
import org.wardfl.cli.node.ClientCommand;
import org.wardfl.cli.node.ServerCommand;
import org.wardfl.cli.poc.PocCommand;
import org.wardfl.cli.simulate.SimulateCommand;
import org.wardfl.cli.site.SiteCommand;
import org.wardfl.cli.sites.SitesCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Spec;

/// The command `ward`.
@Command(
    name = "ward",
    description = "Federated learning for hospitals: patient data never leaves the site.",
    subcommands = {
      SimulateCommand.class,
      ServerCommand.class,
      ClientCommand.class,
      PocCommand.class,
      JobCommand.class,
      SitesCommand.class,
      DoctorCommand.class,
      ConsoleCommand.class,
      SiteCommand.class,
      ProvisionCommand.class,
      CertCommand.class,
      KitCommand.class,
      PolicyCommand.class,
      AuditCommand.class,
      ModelCommand.class,
      BundleCommand.class,
      CommandLine.HelpCommand.class
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExample:%n",
    footer = {
      "  ward simulate examples/breast-cancer",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong input or usage, 3 not permitted, 4 not reachable."
    })
public final class Ward implements Runnable {

  /// Processes that last have a log, not only an answer.
  private static final Set<String> LASTING = Set.of("server", "client");

  @Spec private CommandSpec spec;

  /// For picocli, which sets the specification.
  @SuppressWarnings("NullAway.Init")
  public Ward() {}

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "a command is missing");
  }

  /// Runs one command and ends the process.
  ///
  /// @param arguments what was typed after `ward`
  public static void main(String... arguments) {
    System.exit(execute(arguments));
  }

  /// Runs one command in this process.
  ///
  /// @param arguments what was typed after `ward`
  /// @return the exit code
  static int execute(String... arguments) {
    boolean debug = Arrays.asList(arguments).contains("--debug");
    // A command says itself what went wrong; the log is for those who ask for it. The logging
    // framework reads its level once, when the first logger is made.
    var level =
        debug ? "debug" : arguments.length > 0 && LASTING.contains(arguments[0]) ? "info" : "off";
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", level);
    System.setProperty("org.slf4j.simpleLogger.log.io.netty", level.equals("off") ? "off" : "warn");
    return commandLine(debug).execute(arguments);
  }

  static CommandLine commandLine(boolean debug) {
    var line = new CommandLine(new Ward());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpAutoWidth(true);
    var sections = new HashMap<>(line.getHelpSectionMap());
    sections.put(UsageMessageSpec.SECTION_KEY_FOOTER, Ward::footer);
    line.setHelpSectionMap(sections);
    line.setParameterExceptionHandler((e, _) -> usageError(e));
    line.setExecutionExceptionHandler((e, at, _) -> failure(e, at, debug));
    return line;
  }

  /// Examples are indented, and lines to copy: they are not broken where a terminal is narrow.
  private static String footer(CommandLine.Help help) {
    var usage = help.commandSpec().usageMessage();
    var text = new StringBuilder();
    for (var line : usage.footer()) {
      int width = line.startsWith(" ") ? Math.max(line.length() + 2, usage.width()) : usage.width();
      CommandLine.Help.join(
          help.ansi(),
          width,
          usage.adjustLineBreaksForWideCJKCharacters(),
          new String[] {line},
          text);
    }
    return text.toString();
  }

  private static int usageError(CommandLine.ParameterException e) {
    var line = e.getCommandLine();
    var err = line.getErr();
    err.println("ward: " + e.getMessage());
    CommandLine.UnmatchedArgumentException.printSuggestions(e, err);
    err.println("Try '" + line.getCommandSpec().qualifiedName() + " --help'.");
    err.flush();
    return ExitCode.WRONG_INPUT.code();
  }

  private static int failure(Exception e, CommandLine line, boolean debug) {
    PrintWriter err = line.getErr();
    var code = e instanceof CommandException known ? known.exitCode() : ExitCode.FAILED;
    var message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    if (!(e instanceof CommandException)) {
      message = "unexpected failure: " + message + (debug ? "" : " (--debug shows where)");
    }
    err.println("ward: " + message);
    if (debug) {
      e.printStackTrace(err);
    }
    err.flush();
    return code.code();
  }
}
