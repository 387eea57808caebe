package org.wardfl.cli.identity;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.wardfl.certs.IdentityException;
import org.wardfl.cli.CommonOptions;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.kit.EncryptedZip;
import org.wardfl.provisioning.kit.StartupKit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `ward kit unpack`.
@Command(
    name = "unpack",
    mixinStandardHelpOptions = true,
    description = "Unpack the encrypted zip of a startup kit, with the right permissions.",
    footerHeading = "%nExample:%n",
    footer = "  ward kit unpack hospital-a.zip --into /etc/ward")
final class UnpackCommand implements Callable<Integer> {

  private static final String PASSWORD_FILE = "--password-file";

  @Parameters(paramLabel = "ZIP", description = "The zip that the project admin sent.")
  private Path zip;

  @Option(
      names = "--into",
      paramLabel = "DIR",
      defaultValue = ".",
      description = "Where the kit's folder is made. Default: the present folder.")
  private Path into;

  @Option(
      names = PASSWORD_FILE,
      paramLabel = "FILE",
      description =
          "File with the kit's password in its first line, readable by its owner only. Default:"
              + " asked for on the terminal.")
  private @Nullable Path passwordFile;

  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init")
  UnpackCommand() {}

  @Override
  public Integer call() {
    return Answer.print(spec, common, this::answer);
  }

  private Answer answer() throws KitException, IdentityException, IOException {
    InputFile.require(zip, "the zip of a startup kit");
    var password = Secrets.read(passwordFile, PASSWORD_FILE, "Password of the kit");
    var folder = EncryptedZip.unpack(zip, into, password);
    var kit = StartupKit.open(folder);
    var root = kit.trust().rootFingerprints().getFirst();
    return Answer.done(
        List.of(
            "kit   " + folder, "root  " + root.spoken() + "  (call the project admin and compare)"),
        Map.of("kit", folder, "name", kit.name().name().name(), "root", root.digest()));
  }
}
