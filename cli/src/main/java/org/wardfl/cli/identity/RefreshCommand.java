package org.wardfl.cli.identity;

import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.wardfl.certs.IdentityException;
import org.wardfl.cli.CommonOptions;
import org.wardfl.cli.ExitCode;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.state.Revocations;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `ward cert refresh`.
@Command(
    name = "refresh",
    mixinStandardHelpOptions = true,
    description = {
      "Make new revocation lists, before the present ones are 30 days old.",
      "A site takes no new jobs with older ones."
    },
    footerHeading = "%nExample:%n",
    footer = "  ward cert refresh --out federation")
final class RefreshCommand implements Callable<Integer> {

  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @Mixin private AdminOptions admin;

  @SuppressWarnings("NullAway.Init")
  RefreshCommand() {}

  @Override
  public Integer call() {
    return Answer.print(spec, common, this::answer);
  }

  private Answer answer() throws KitException, IdentityException, IOException {
    var published =
        new Revocations(admin.out(), admin.passphrase(), InstantSource.system()).refresh();
    return new Answer(
        ExitCode.DONE,
        List.of(
            "update  "
                + published.update()
                + " (revocation lists "
                + published.number()
                + ", until "
                + published.freshUntil()
                + ")",
            "Install the update everywhere: ward cert install"),
        Map.of(
            "number", published.number(),
            "freshUntil", published.freshUntil().toString(),
            "update", published.update()),
        published.notes());
  }
}
