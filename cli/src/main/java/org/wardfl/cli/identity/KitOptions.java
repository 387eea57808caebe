package org.wardfl.cli.identity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.LeafProfile;
import org.wardfl.certs.Passphrase;
import org.wardfl.cli.CommandException;
import org.wardfl.cli.ExitCode;
import org.wardfl.cli.poc.PocFolder;
import org.wardfl.cli.poc.PocOptions;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.kit.ActiveKit;
import org.wardfl.provisioning.kit.StartupKit;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// What every command that works with one's own kit needs: the folder, and what opens its key.
public final class KitOptions {

  private static final String PASSWORD_FILE = "--password-file";
  private static final String CREDENTIAL = "kit-password";

  @Option(
      names = "--kit",
      paramLabel = "DIR",
      defaultValue = "${env:WARD_KIT}",
      description = "The startup kit. Default: the environment variable WARD_KIT.")
  private @Nullable Path kit;

  @Option(
      names = PASSWORD_FILE,
      paramLabel = "FILE",
      description =
          "File with the password of the kit's key in its first line, readable by its owner only."
              + " Default: systemd's credential "
              + CREDENTIAL
              + " in a service, else asked for on the terminal.")
  private @Nullable Path passwordFile;

  /// Where systemd puts the credentials of a service, readable by that service only.
  @Option(
      names = "--credentials-directory",
      hidden = true,
      defaultValue = "${env:CREDENTIALS_DIRECTORY}")
  private @Nullable Path credentials;

  /// Where a developer's federation lies, if there is one.
  @Option(names = "--poc-folder", hidden = true, defaultValue = PocOptions.DEFAULT)
  private Path poc;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  /// For picocli, which sets the fields.
  @SuppressWarnings("NullAway.Init")
  public KitOptions() {}

  /// Opens the kit for a process that works with it, asking for the password if need be.
  ///
  /// @param expected whose kit it must be
  /// @throws CommandException if the kit or its password is refused
  public ActiveKit activate(InstantSource clock, Set<LeafProfile> expected) {
    if (expected.contains(LeafProfile.USER)) {
      usePoc();
    }
    return Answer.orFail(() -> {
      // What is wrong with the kit is told before anybody types a password.
      open().require(expected);
      return ActiveKit.open(folder(), password(), clock, expected);
    });
  }

  StartupKit open() throws KitException, IOException {
    return StartupKit.open(folder());
  }

  private boolean isMissing() {
    return kit == null || kit.toString().isEmpty();
  }

  /// While a federation of `ward poc` is up, its kit is meant.
  private void usePoc() {
    if (!isMissing()) {
      return;
    }
    var found = PocFolder.of(poc).person();
    if (found.isEmpty()) {
      return;
    }
    if (!found.get().running()) {
      throw new CommandException(
          ExitCode.WRONG_INPUT,
          "--kit is missing: the folder of your startup kit; or bring up the federation in "
              + poc
              + " with 'ward poc up'");
    }
    kit = found.get().kit();
    if (passwordFile == null) {
      passwordFile = found.get().passwordFile();
    }
    var err = spec.commandLine().getErr();
    err.println("note: the kit of 'ward poc' is used, " + kit);
    err.flush();
  }

  /// The kit that was given, or that of `ward poc`.
  ///
  /// @throws CommandException if there is neither
  public Path anyFolder() {
    usePoc();
    return folder();
  }

  private Path folder() {
    if (kit == null || isMissing()) {
      throw new CommandException(
          ExitCode.WRONG_INPUT, "--kit is missing: the folder of your startup kit");
    }
    return kit;
  }

  Passphrase password() throws IOException, KitException, IdentityException {
    if (credentials != null) {
      var given = passwordFile == null ? credentials.resolve(CREDENTIAL) : passwordFile;
      if (given.startsWith(credentials) && Files.exists(given)) {
        return Secrets.readCredential(given);
      }
    }
    return Secrets.read(passwordFile, PASSWORD_FILE, "Password of the kit's key");
  }

  Passphrase newPassword() throws IOException, KitException, IdentityException {
    return Secrets.choose(passwordFile, PASSWORD_FILE, "password for the kit's key");
  }
}
