package org.wardfl.cli.sites;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.wardfl.cli.CommonOptions;
import org.wardfl.cli.ExitCode;
import org.wardfl.cli.TextTable;
import org.wardfl.cli.node.AdministratorOptions;
import org.wardfl.client.admin.AdminSession;
import org.wardfl.proto.json.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `ward sites list`.
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "List the sites of the project, and which are connected.",
    footerHeading = "%nExample:%n",
    footer = "  ward sites list --kit admin@uni.org --json")
final class ListCommand implements Callable<Integer> {

  @Mixin private AdministratorOptions options;
  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init")
  ListCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    var sites = options.ask((server, _) -> server.sites());
    var out = spec.commandLine().getOut();
    out.print(
        common.json()
            ? Json.document(Map.of("sites", sites.stream().map(ListCommand::json).toList()))
            : table(sites));
    out.flush();
    return ExitCode.DONE.code();
  }

  /// In one word.
  static String state(AdminSession.Site site) {
    return site.disabled().isPresent() ? "disabled" : site.connected() ? "connected" : "away";
  }

  static Map<String, Object> json(AdminSession.Site site) {
    var json = new LinkedHashMap<String, Object>();
    json.put("name", site.name());
    json.put("organization", site.organization());
    json.put("connected", site.connected());
    json.put("since", site.since());
    json.put("disabled", site.disabled());
    return json;
  }

  private static String table(List<AdminSession.Site> sites) {
    var table = TextTable.ofWords("site", "organization", "state", "since");
    for (var site : sites) {
      table.row(
          site.name(),
          site.organization(),
          state(site),
          site.since().map(Instant::toString).orElse(""));
    }
    return table.toString();
  }
}
