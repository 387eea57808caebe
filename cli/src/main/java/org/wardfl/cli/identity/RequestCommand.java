package org.wardfl.cli.identity;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.KeyType;
import org.wardfl.cli.CommonOptions;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.kit.KitRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `ward cert request`.
@Command(
    name = "request",
    mixinStandardHelpOptions = true,
    description = {
      "Make a key in your kit, and a request for a certificate.",
      "The key never leaves your machine. Send the request to the project admin, and read the"
          + " fingerprint over the telephone. A kit that has a valid certificate is renewed without:"
          + " ward cert renew."
    },
    footerHeading = "%nExample:%n",
    footer = "  ward cert request --kit hospital-a")
final class RequestCommand implements Callable<Integer> {

  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @Mixin private KitOptions kit;

  @Option(
      names = "--key-type",
      paramLabel = "TYPE",
      defaultValue = "EC_P256",
      description = "ec_p256, rsa_3072 or ed25519. Default: ec_p256.")
  private KeyType keyType;

  @SuppressWarnings("NullAway.Init")
  RequestCommand() {}

  @Override
  public Integer call() {
    return Answer.print(spec, common, this::answer);
  }

  private Answer answer() throws KitException, IdentityException, IOException {
    var opened = kit.open();
    var file = KitRequest.make(opened, keyType, kit.newPassword(), Optional.empty(), Instant.now());
    var fingerprint = KitRequest.read(file).fingerprint();
    return Answer.done(
        List.of(
            "request      " + file,
            "fingerprint  " + fingerprint.spoken(),
            "Send the file to the project admin, then read the fingerprint over the telephone."),
        Map.of("request", file, "fingerprint", fingerprint.digest()));
  }
}
