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

/// `ward cert renew`.
@Command(
    name = "renew",
    mixinStandardHelpOptions = true,
    description = {
      "Make a new key in your kit, and a request that your present certificate signs.",
      "The project admin approves it without a telephone call."
    },
    footerHeading = "%nExample:%n",
    footer = "  ward cert renew --kit hospital-a")
final class RenewCommand implements Callable<Integer> {

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
  RenewCommand() {}

  @Override
  public Integer call() {
    return Answer.print(spec, common, this::answer);
  }

  private Answer answer() throws KitException, IdentityException, IOException {
    var opened = kit.open();
    var password = kit.password();
    var now = Instant.now();
    var current = opened.identity(password, now);
    var file = KitRequest.make(opened, keyType, password, Optional.of(current), now);
    return Answer.done(
        List.of(
            "renewal  " + file,
            "present  until " + current.notAfter() + ", to be renewed from " + current.renewAt(),
            "Send the file to the project admin."),
        Map.of(
            "request", file,
            "notAfter", current.notAfter().toString(),
            "renewAt", current.renewAt().toString()));
  }
}
