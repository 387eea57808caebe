package org.wardfl.cli.identity;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.Passphrase;
import org.wardfl.cli.CommonOptions;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.kit.KitUpdate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `ward cert install`.
@Command(
    name = "install",
    mixinStandardHelpOptions = true,
    description = {
      "Install in your kit what the project admin sent: a certificate, revocation lists, a new root."
    },
    footerHeading = "%nExample:%n",
    footer = "  ward cert install hospital-a.answer --kit hospital-a")
final class InstallCommand implements Callable<Integer> {

  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @Mixin private KitOptions kit;

  @Parameters(paramLabel = "FILE", description = "The answer or update.")
  private Path file;

  @SuppressWarnings("NullAway.Init")
  InstallCommand() {}

  @Override
  public Integer call() {
    return Answer.print(spec, common, this::answer);
  }

  private Answer answer() throws KitException, IdentityException, IOException {
    var opened = kit.open();
    var update =
        KitUpdate.read(InputFile.require(file, "an answer or update of the project admin"));
    var password =
        update.hasCertificate() ? Optional.of(kit.password()) : Optional.<Passphrase>empty();
    var done = update.install(opened, password, Instant.now());
    return Answer.done(done, Map.of("kit", opened.folder(), "installed", done));
  }
}
