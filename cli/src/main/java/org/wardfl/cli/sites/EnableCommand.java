package org.wardfl.cli.sites;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `ward sites enable`.
@Command(
    name = "enable",
    mixinStandardHelpOptions = true,
    description = {"Take a site into jobs again. It connects within a minute."},
    footerHeading = "%nExample:%n",
    footer = "  ward sites enable hospital-a --kit admin@uni.org")
final class EnableCommand implements Callable<Integer> {

  @Mixin private SiteAction action;

  @SuppressWarnings("NullAway.Init")
  EnableCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    return action.carryOut(
        (server, site) -> server.enable(site), "is enabled; it connects within a minute");
  }
}
