package org.wardfl.cli.identity;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.wardfl.certs.CertificateText;
import org.wardfl.certs.Identity;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.LeafProfile;
import org.wardfl.certs.PemContents;
import org.wardfl.certs.manifest.SignedManifest;
import org.wardfl.cli.CommonOptions;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.kit.KitRequest;
import org.wardfl.provisioning.kit.KitUpdate;
import org.wardfl.provisioning.kit.StartupKit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `ward cert show`.
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = {
      "Explain a certificate, request, answer, update, revocation list or startup kit.",
      "Who, which role, until when, and what is wrong; the exit code is 1 if anything is."
    },
    footerHeading = "%nExample:%n",
    footer = {"  ward cert show --kit hospital-a", "  ward cert show request.txt"})
final class ShowCommand implements Callable<Integer> {

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description =
          "A PEM file, a request, an answer, an update, or the folder of a kit. Default: the startup"
              + " kit.")
  private @Nullable Path file;

  @Option(
      names = "--kit",
      paramLabel = "DIR",
      defaultValue = "${env:WARD_KIT}",
      description = "The startup kit. Default: the environment variable WARD_KIT.")
  private @Nullable Path kit;

  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init")
  ShowCommand() {}

  @Override
  public Integer call() {
    return Answer.print(spec, common, this::answer);
  }

  private Answer answer() throws KitException, IdentityException, IOException {
    var told = new Explanation(Instant.now());
    if (file != null && !Files.isDirectory(file)) {
      explainFile(told, InputFile.require(file, "a PEM file, request, answer, update or kit"));
    } else if (file != null) {
      explainKit(told, file);
    } else if (kit != null) {
      explainKit(told, kit);
    } else {
      throw new KitException("nothing to show; give a FILE, or --kit DIR");
    }
    return told.answer();
  }

  private static void explainFile(Explanation told, Path file)
      throws KitException, IdentityException, IOException {
    var text = Files.readString(file, StandardCharsets.ISO_8859_1);
    if (text.startsWith("PK")) {
      throw new KitException(file + " is a zip; a kit's is unpacked with 'ward kit unpack'");
    }
    if (!text.startsWith("ward-manifest")) {
      told.add(PemContents.parse(file.toString(), text));
      return;
    }
    var signed = SignedManifest.decode(text.getBytes(StandardCharsets.ISO_8859_1));
    var by =
        signed.unverifiedSigner().map(signer -> CertificateText.of(signer).name()).orElse("nobody");
    switch (signed.unverified().type()) {
      case KitRequest.TYPE -> {
        told.line("renewal, signed by " + by);
        told.add(KitRequest.read(file).request());
      }
      case KitUpdate.TYPE -> {
        var update = KitUpdate.read(file);
        var receiver = update.unverifiedReceiver();
        told.line(
            (update.hasCertificate() ? "answer for " : "update for ")
                + (receiver.isEmpty() ? "everyone" : receiver));
        told.line("signed by    " + by + "  (checked when it is installed)");
        told.add(PemContents.parse(file.toString(), update.unverifiedPem()));
      }
      default -> {
        told.line("manifest of type '" + signed.unverified().type() + "', signed by " + by);
        signed.unverified().files().keySet().forEach(path -> told.line("  " + path));
      }
    }
  }

  private static void explainKit(Explanation told, Path folder) throws KitException, IOException {
    StartupKit.requireKit(folder);
    try {
      var opened = StartupKit.open(folder);
      var name = opened.name();
      told.line(
          "startup kit of "
              + name.name().name()
              + " ("
              + name.organization()
              + "), "
              + name.name().role()
              + " of project "
              + name.name().project());
      told.line("server       " + name.server().name() + " at " + name.address());
      opened.trust().rootFingerprints().forEach(told::addRoot);
      opened.trust().revocationLists().forEach(told::add);
      explainIdentity(told, opened);
    } catch (KitException | IdentityException e) {
      told.problem(String.valueOf(e.getMessage()));
    }
  }

  private static void explainIdentity(Explanation told, StartupKit opened)
      throws IOException, IdentityException {
    var identity = opened.folder().resolve("identity.pem");
    if (!Files.exists(identity)) {
      told.problem(
          "the kit has no certificate yet; ask for one with 'ward cert request --kit "
              + opened.folder()
              + "'");
      return;
    }
    var chain = Identity.readChain(identity);
    told.add(CertificateText.of(chain.getFirst()));
    try {
      opened.trust().verify(chain, Instant.now(), EnumSet.allOf(LeafProfile.class));
    } catch (IdentityException e) {
      // An ended certificate was told already, in shorter words.
      if (!told.hasProblem()) {
        told.problem(String.valueOf(e.getMessage()));
      }
    }
  }
}
