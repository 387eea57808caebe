package org.wardfl.cli.sites;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `ward sites disable`.
@Command(
    name = "disable",
    mixinStandardHelpOptions = true,
    description = {
      "Ask nothing of a site any more, and let it connect no more, until it is enabled.",
      "A task that it has is answered in its place, so that no job waits for it."
    },
    footerHeading = "%nExample:%n",
    footer = "  ward sites disable hospital-a --kit admin@uni.org")
final class DisableCommand implements Callable<Integer> {

  @Mixin private SiteAction action;

  @SuppressWarnings("NullAway.Init")
  DisableCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    return action.carryOut(
        (server, site) -> server.disable(site), "is disabled; nothing is asked of it");
  }
}
