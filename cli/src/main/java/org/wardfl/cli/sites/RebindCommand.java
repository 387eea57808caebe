package org.wardfl.cli.sites;

import java.util.Map;
import java.util.concurrent.Callable;
import org.wardfl.cli.CommonOptions;
import org.wardfl.cli.ExitCode;
import org.wardfl.cli.node.AdministratorOptions;
import org.wardfl.proto.json.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `ward sites rebind`.
@Command(
    name = "rebind",
    mixinStandardHelpOptions = true,
    description = {
      "Let a site connect from another data folder than before, because it moved.",
      "Until then the server refuses it, so that a stolen startup kit is of no use elsewhere."
    },
    footerHeading = "%nExample:%n",
    footer = "  ward sites rebind hospital-a --kit admin@uni.org")
final class RebindCommand implements Callable<Integer> {

  @Parameters(paramLabel = "SITE", description = "The site.")
  private String site;

  @Mixin private AdministratorOptions options;
  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init")
  RebindCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    var _ =
        options.ask((server, _) -> {
          server.siteTools().rebind(site);
          return site;
        });
    var out = spec.commandLine().getOut();
    if (common.json()) {
      out.print(Json.document(Map.of("site", site)));
    } else {
      out.println("the next data folder that " + site + " connects from is the site's");
    }
    out.flush();
    return ExitCode.DONE.code();
  }
}
