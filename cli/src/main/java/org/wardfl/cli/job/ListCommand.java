package org.wardfl.cli.job;

import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.wardfl.cli.CommandException;
import org.wardfl.cli.CommonOptions;
import org.wardfl.cli.ExitCode;
import org.wardfl.cli.node.AdministratorOptions;
import org.wardfl.proto.json.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `ward job list`.
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "List the jobs that you may see, the latest first.",
    footerHeading = "%nExample:%n",
    footer = "  ward job list --limit 20 --kit alice@uni.org")
final class ListCommand implements Callable<Integer> {

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "100",
      description = "At most so many, up to 1000. Default: ${DEFAULT-VALUE}.")
  private int limit;

  @Option(names = "--study", paramLabel = "NAME", description = "Only jobs of this study.")
  private @Nullable String study;

  @Mixin private AdministratorOptions options;
  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init")
  ListCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    if (limit < 1 || limit > 1000) {
      throw new CommandException(
          ExitCode.WRONG_INPUT, "--limit: found " + limit + ", expected 1 to 1000");
    }
    var jobs = options.ask((server, _) -> server.jobs(limit, Optional.ofNullable(study)));
    var out = spec.commandLine().getOut();
    if (common.json()) {
      var json = new LinkedHashMap<String, Object>();
      json.put("jobs", jobs.jobs().stream().map(JobView::json).toList());
      json.put("leftOff", jobs.leftOff());
      out.print(Json.document(json));
    } else {
      out.print(JobView.table(jobs.jobs()));
      if (jobs.leftOff() > 0) {
        out.println("and " + jobs.leftOff() + " earlier ones (--limit)");
      }
    }
    out.flush();
    return ExitCode.DONE.code();
  }
}
