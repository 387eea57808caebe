package org.wardfl.cli.identity;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.Passphrase;
import org.wardfl.provisioning.KitException;
import picocli.CommandLine.Option;

/// What every command of the project admin needs: the folder, and what opens its keys.
final class AdminOptions {

  private static final String PASSPHRASE_FILE = "--passphrase-file";

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "The project admin's folder, which 'ward provision' makes. Keep it offline.")
  private Path out;

  @Option(
      names = PASSPHRASE_FILE,
      paramLabel = "FILE",
      description =
          "File with the passphrase of the authorities' keys in its first line, readable by its"
              + " owner only. Default: asked for on the terminal.")
  private @Nullable Path passphraseFile;

  @SuppressWarnings("NullAway.Init")
  AdminOptions() {}

  Path out() {
    return out;
  }

  Passphrase passphrase() throws IOException, KitException, IdentityException {
    return Secrets.read(passphraseFile, PASSPHRASE_FILE, "Passphrase of the authorities' keys");
  }

  Passphrase newPassphrase() throws IOException, KitException, IdentityException {
    return Secrets.choose(passphraseFile, PASSPHRASE_FILE, "passphrase of the authorities' keys");
  }
}
