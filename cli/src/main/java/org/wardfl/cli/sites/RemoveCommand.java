package org.wardfl.cli.sites;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `ward sites remove`.
@Command(
    name = "remove",
    mixinStandardHelpOptions = true,
    description = {
      "Disable a site and forget from which data folder it runs.",
      "Enabled again, it may come from any. To end its certificate, too: ward cert revoke."
    },
    footerHeading = "%nExample:%n",
    footer = "  ward sites remove hospital-a --kit admin@uni.org")
final class RemoveCommand implements Callable<Integer> {

  @Mixin private SiteAction action;

  @SuppressWarnings("NullAway.Init")
  RemoveCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    return action.carryOut(
        (server, site) -> server.remove(site), "is removed; nothing is asked of it");
  }
}
