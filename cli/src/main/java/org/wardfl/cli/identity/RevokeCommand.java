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
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `ward cert revoke`.
@Command(
    name = "revoke",
    mixinStandardHelpOptions = true,
    description = {
      "Lock a participant out: revoke all its certificates, and answer no request of it.",
      "Install the update at the server at once. 'ward provision --reissue NAME' lets it in again."
    },
    footerHeading = "%nExample:%n",
    footer = "  ward cert revoke hospital-a --out federation")
final class RevokeCommand implements Callable<Integer> {

  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @Mixin private AdminOptions admin;

  @Parameters(paramLabel = "NAME", description = "The participant.")
  private String name;

  @SuppressWarnings("NullAway.Init")
  RevokeCommand() {}

  @Override
  public Integer call() {
    return Answer.print(spec, common, this::answer);
  }

  private static String count(int certificates) {
    return switch (certificates) {
      case 0 -> "; it had no valid certificate";
      case 1 -> ", one certificate";
      default -> ", " + certificates + " certificates";
    };
  }

  private Answer answer() throws KitException, IdentityException, IOException {
    var published =
        new Revocations(admin.out(), admin.passphrase(), InstantSource.system()).revoke(name);
    return new Answer(
        ExitCode.DONE,
        List.of(
            "revoked  " + name + count(published.certificates()),
            "update   "
                + published.update()
                + " (revocation lists "
                + published.number()
                + ", until "
                + published.freshUntil()
                + ")",
            "Install the update at the server at once, then everywhere: ward cert install"),
        Map.of(
            "name", name,
            "certificates", published.certificates(),
            "number", published.number(),
            "freshUntil", published.freshUntil().toString(),
            "update", published.update()),
        published.notes());
  }
}
