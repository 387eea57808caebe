package org.wardfl.cli.job;

import java.util.concurrent.Callable;
import org.wardfl.cli.CommonOptions;
import org.wardfl.cli.ExitCode;
import org.wardfl.cli.node.AdministratorOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `ward job show`.
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = "Show where a job stands, and what each site says.",
    footerHeading = "%nExample:%n",
    footer = "  ward job show 019a0000-0000-7000-8000-000000000000 --kit alice@uni.org")
final class ShowCommand implements Callable<Integer> {

  @Parameters(paramLabel = "ID", description = "The job, as 'ward job submit' printed it.")
  private String id;

  @Mixin private AdministratorOptions options;
  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init")
  ShowCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    var report = options.ask((server, _) -> server.show(id));
    var out = spec.commandLine().getOut();
    out.print(common.json() ? JobView.json(report) : JobView.text(report));
    out.flush();
    return ExitCode.DONE.code();
  }
}
