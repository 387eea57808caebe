package org.wardfl.cli.identity;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.Passphrase;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.kit.StartupKit;
import picocli.CommandLine.Option;

/// What every command about one's own kit needs: the folder, and what opens its key.
final class KitOptions {

  private static final String PASSWORD_FILE = "--password-file";

  @Option(
      names = "--kit",
      required = true,
      paramLabel = "DIR",
      defaultValue = "${env:WARD_KIT}",
      description = "The startup kit. Default: the environment variable WARD_KIT.")
  private Path kit;

  @Option(
      names = PASSWORD_FILE,
      paramLabel = "FILE",
      description =
          "File with the password of the kit's key in its first line, readable by its owner only."
              + " Default: asked for on the terminal.")
  private @Nullable Path passwordFile;

  @SuppressWarnings("NullAway.Init")
  KitOptions() {}

  StartupKit open() throws KitException, IOException {
    return StartupKit.open(kit);
  }

  Passphrase password() throws IOException, KitException, IdentityException {
    return Secrets.read(passwordFile, PASSWORD_FILE, "Password of the kit's key");
  }

  Passphrase newPassword() throws IOException, KitException, IdentityException {
    return Secrets.choose(passwordFile, PASSWORD_FILE, "password for the kit's key");
  }
}
