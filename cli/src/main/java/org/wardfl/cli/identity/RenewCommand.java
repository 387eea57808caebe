package org.wardfl.cli.identity;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.KeyType;
import org.wardfl.certs.LeafProfile;
import org.wardfl.cli.CommonOptions;
import org.wardfl.cli.node.ProxyOptions;
import org.wardfl.client.link.Renewal;
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
      "The project admin approves it without a telephone call. A running client or server does this by"
          + " itself, and so does every command of a person that asks the server, once two thirds of"
          + " the certificate's life are over."
    },
    footerHeading = "%nExample:%n",
    footer = {"  ward cert renew --kit hospital-a", "  ward cert renew --kit bob@uni.org --send"})
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

  @Option(
      names = "--send",
      description =
          "Send the request to the server, and install the answer if it is there; run it again until"
              + " it is.")
  private boolean send;

  @Mixin private ProxyOptions proxy;

  @SuppressWarnings("NullAway.Init")
  RenewCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    if (!send) {
      return Answer.print(spec, common, this::answer);
    }
    var active = kit.activate(InstantSource.system(), Set.of(LeafProfile.SITE, LeafProfile.USER));
    var until = active.identity().notAfter();
    var request = Answer.orFail(() -> active.request(keyType));
    var outcome = proxy.ask(active, server -> server.renewal().send(request));
    return Answer.print(spec, common, () -> sent(outcome, until));
  }

  private static Answer sent(Renewal.Outcome outcome, Instant until) {
    return switch (outcome) {
      case Renewal.Renewed(var next) ->
          Answer.done(
              List.of("renewed  until " + next),
              Map.of("state", "renewed", "notAfter", next.toString()));
      case Renewal.Waiting _, Renewal.NotDue _ ->
          Answer.done(
              List.of(
                  "sent     the renewal waits for the project admin", "present  until " + until),
              Map.of("state", "waiting", "notAfter", until.toString()));
    };
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
