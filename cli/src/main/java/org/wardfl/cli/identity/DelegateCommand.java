package org.wardfl.cli.identity;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.wardfl.certs.IdentityException;
import org.wardfl.cli.CommonOptions;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.state.Delegation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `ward cert delegate`.
@Command(
    name = "delegate",
    mixinStandardHelpOptions = true,
    description = {
      "Let the server renew sites by itself: hand it the authority 'transport'.",
      "With it a server renews the same name in the same role, and nothing else; but whoever takes the"
          + " server over could certify any site. People's certificates stay with you."
    },
    footerHeading = "%nExample:%n",
    footer =
        "  ward cert delegate --out federation --server-password-file passwords/fl.example.org.txt")
final class DelegateCommand implements Callable<Integer> {

  private static final String PASSWORD_FILE = "--server-password-file";

  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @Mixin private AdminOptions admin;

  @Option(
      names = PASSWORD_FILE,
      required = true,
      paramLabel = "FILE",
      description = "File with the password of the server's kit in its first line.")
  private Path password;

  @SuppressWarnings("NullAway.Init")
  DelegateCommand() {}

  @Override
  public Integer call() {
    return Answer.print(spec, common, this::answer);
  }

  private Answer answer() throws KitException, IdentityException, IOException {
    var server = Secrets.read(password, PASSWORD_FILE, "Password of the server's kit");
    var delegated =
        new Delegation(admin.out(), admin.passphrase(), InstantSource.system()).delegate(server);
    return Answer.done(
        List.of(
            "authority  " + delegated.authority() + ", until " + delegated.ends(),
            "Copy it into the server's kit, readable by its owner only, then delete it here. A running"
                + " server takes it into use."),
        Map.of("authority", delegated.authority(), "notAfter", delegated.ends().toString()));
  }
}
