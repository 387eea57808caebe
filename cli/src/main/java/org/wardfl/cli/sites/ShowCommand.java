package org.wardfl.cli.sites;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.wardfl.cli.CommonOptions;
import org.wardfl.cli.ExitCode;
import org.wardfl.cli.TextTable;
import org.wardfl.cli.node.AdministratorOptions;
import org.wardfl.client.admin.SiteTools;
import org.wardfl.proto.admin.SiteJob;
import org.wardfl.proto.json.Json;
import org.wardfl.proto.task.SiteCapacity;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `ward sites show`.
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = "Show what a site offers, and how it stands to each job.",
    footerHeading = "%nExample:%n",
    footer = "  ward sites show hospital-a --kit admin@uni.org")
final class ShowCommand implements Callable<Integer> {

  @Parameters(paramLabel = "SITE", description = "The site.")
  private String site;

  @Mixin private AdministratorOptions options;
  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init")
  ShowCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    var report = options.ask((server, _) -> server.siteTools().show(site));
    var out = spec.commandLine().getOut();
    out.print(common.json() ? Json.document(json(report)) : text(report));
    out.flush();
    return ExitCode.DONE.code();
  }

  private static Map<String, Object> json(SiteTools.Report report) {
    var json = new LinkedHashMap<>(ListCommand.json(report.site()));
    json.put("capacity", report.capacity().map(ShowCommand::json));
    json.put("jobs", report.jobs().stream().map(ShowCommand::json).toList());
    return json;
  }

  private static Map<String, Object> json(SiteCapacity capacity) {
    var json = new LinkedHashMap<String, Object>();
    if (capacity.gpus() != SiteCapacity.NO_BOUND) {
      json.put("gpus", capacity.gpus());
    }
    if (capacity.cpuThreads() != SiteCapacity.NO_BOUND) {
      json.put("cpuThreads", capacity.cpuThreads());
    }
    if (capacity.memoryBytes() != Long.MAX_VALUE) {
      json.put("memoryBytes", capacity.memoryBytes());
    }
    if (capacity.maxJobs() != SiteCapacity.NO_BOUND) {
      json.put("maxJobs", capacity.maxJobs());
    }
    capacity
        .closure()
        .ifPresent(closure -> {
          json.put("closed", closure.cause().name());
          json.put("reason", closure.reason());
          json.put("until", closure.until());
        });
    return json;
  }

  private static Map<String, Object> json(SiteJob job) {
    var json = new LinkedHashMap<String, Object>();
    json.put("id", job.id());
    json.put("name", job.name());
    json.put("state", job.site().state());
    json.put("detail", job.site().detail());
    return json;
  }

  private static String text(SiteTools.Report report) {
    var site = report.site();
    var facts = TextTable.ofWords("site", site.name());
    facts.row("organization", site.organization());
    facts.row("state", ListCommand.state(site));
    site.since().ifPresent(since -> facts.row("since", since.toString()));
    site.disabled().ifPresent(why -> facts.row("disabled", why));
    report
        .capacity()
        .ifPresent(capacity -> {
          facts.row("GPUs", number(capacity.gpus()));
          facts.row("CPU threads", number(capacity.cpuThreads()));
          facts.row("memory", memory(capacity.memoryBytes()));
          facts.row("jobs at once", number(capacity.maxJobs()));
          capacity
              .closure()
              .ifPresent(closure ->
                  facts.row(
                      "closed",
                      closure.reason()
                          + closure.until().map(until -> ", until " + until).orElse("")));
        });
    if (report.jobs().isEmpty()) {
      return facts.toString();
    }
    var jobs = TextTable.ofWords("job", "name", "state", "detail");
    for (var job : report.jobs()) {
      jobs.row(job.id().value(), job.name(), job.site().state().name(), job.site().detail());
    }
    return facts + System.lineSeparator() + jobs;
  }

  private static String number(int count) {
    return count == SiteCapacity.NO_BOUND ? "no bound" : String.valueOf(count);
  }

  private static String memory(long bytes) {
    return bytes == Long.MAX_VALUE
        ? "no bound"
        : String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30));
  }
}
