package org.wardfl.cli.sites;

import java.util.Map;
import org.wardfl.cli.CommonOptions;
import org.wardfl.cli.ExitCode;
import org.wardfl.cli.node.AdministratorOptions;
import org.wardfl.client.admin.SiteTools;
import org.wardfl.client.link.LinkException;
import org.wardfl.proto.json.Json;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/// The options of commands that do one thing to one site.
final class SiteAction {

  @Parameters(paramLabel = "SITE", description = "The site.")
  private String site;

  @Mixin private AdministratorOptions options;
  @Mixin private CommonOptions common;

  @Spec(Target.MIXEE)
  private CommandSpec spec;

  @SuppressWarnings("NullAway.Init")
  SiteAction() {}

  /// Something that is done to a site.
  interface Action {
    void carryOut(SiteTools server, String site) throws LinkException;
  }

  int carryOut(Action action, String said) throws InterruptedException {
    var _ =
        options.ask((server, _) -> {
          action.carryOut(server.siteTools(), site);
          return site;
        });
    var out = spec.commandLine().getOut();
    if (common.json()) {
      out.print(Json.document(Map.of("site", site)));
    } else {
      out.println("site " + site + " " + said);
    }
    out.flush();
    return ExitCode.DONE.code();
  }
}
