package org.wardfl.cli.job;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.wardfl.cli.CommonOptions;
import org.wardfl.cli.ExitCode;
import org.wardfl.cli.node.AdministratorOptions;
import org.wardfl.client.admin.AdminSession;
import org.wardfl.client.link.LinkException;
import org.wardfl.proto.admin.LogLine;
import org.wardfl.proto.json.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `ward job logs`.
@Command(
    name = "logs",
    mixinStandardHelpOptions = true,
    description = {
      "Show what a job's processes print at the sites, as far as the sites let it out.",
      "A site lets nothing out unless its site.yaml says 'logs: stream'."
    },
    footerHeading = "%nExample:%n",
    footer =
        "  ward job logs 019a0000-0000-7000-8000-000000000000 --follow --site hospital-a --kit alice@uni.org")
final class LogsCommand implements Callable<Integer> {

  private static final long PAUSE_MILLIS = 1000;

  @Parameters(paramLabel = "ID", description = "The job, as 'ward job submit' printed it.")
  private String id;

  @Option(names = "--follow", description = "Go on until the job has ended.")
  private boolean follow;

  @Option(names = "--site", paramLabel = "SITE", description = "Only of this site.")
  private @Nullable String site;

  @Mixin private AdministratorOptions options;
  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  private final List<LogLine> all = new ArrayList<>();
  private long offset;
  private boolean told;

  @SuppressWarnings("NullAway.Init")
  LogsCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    var _ =
        options.ask((server, _) -> {
          read(server);
          return id;
        });
    if (common.json()) {
      var out = spec.commandLine().getOut();
      out.print(
          Json.document(Map.of("id", id, "lines", all.stream().map(LogsCommand::json).toList())));
      out.flush();
    }
    if (!told) {
      var err = spec.commandLine().getErr();
      err.println(
          "note: there are no lines; a site lets none out unless its site.yaml says 'logs: stream'");
      err.flush();
    }
    return ExitCode.DONE.code();
  }

  /// A lost connection is made again, and goes on where it broke.
  private void read(AdminSession server) throws LinkException, InterruptedException {
    boolean heard = false;
    while (true) {
      try {
        if (!heard) {
          // Whether there is such a job, and a server at all, is told at once.
          server.show(id);
          heard = true;
        }
        server.logs(id, Optional.ofNullable(site), offset, follow, this::tell);
        return;
      } catch (LinkException e) {
        if (!heard || !follow || e.isFinal()) {
          throw e;
        }
        Thread.sleep(PAUSE_MILLIS);
      }
    }
  }

  private void tell(List<LogLine> lines, long next) {
    offset = next;
    told |= !lines.isEmpty();
    if (common.json()) {
      all.addAll(lines);
      return;
    }
    var out = spec.commandLine().getOut();
    lines.forEach(line -> out.println(line.site() + "  " + line.text()));
    out.flush();
  }

  private static Map<String, Object> json(LogLine line) {
    var json = new LinkedHashMap<String, Object>();
    json.put("site", line.site());
    json.put("at", line.at());
    json.put("text", line.text());
    return json;
  }
}
