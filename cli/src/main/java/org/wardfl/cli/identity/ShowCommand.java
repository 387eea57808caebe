package org.wardfl.cli.identity;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.wardfl.certs.CertificateText;
import org.wardfl.certs.Identity;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.LeafProfile;
import org.wardfl.certs.PemContents;
import org.wardfl.certs.RevocationList;
import org.wardfl.certs.SigningRequest;
import org.wardfl.cli.CommonOptions;
import org.wardfl.cli.ExitCode;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.kit.KitRequest;
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
      "Explain a certificate, request, revocation list or startup kit in words:",
      "who, which role, until when, and what is wrong."
    },
    footerHeading = "%nExample:%n",
    footer = {"  ward cert show --kit hospital-a", "  ward cert show request.txt"})
final class ShowCommand implements Callable<Integer> {

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "A PEM file, or a request. Default: the startup kit.")
  private @Nullable Path file;

  @Option(
      names = "--kit",
      paramLabel = "DIR",
      defaultValue = "${env:WARD_KIT}",
      description = "The startup kit. Default: the environment variable WARD_KIT.")
  private @Nullable Path kit;

  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  private final List<String> lines = new ArrayList<>();
  private final List<Object> parts = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  @SuppressWarnings("NullAway.Init")
  ShowCommand() {}

  @Override
  public Integer call() {
    return Answer.print(spec, common, this::answer);
  }

  private Answer answer() throws KitException, IdentityException, IOException {
    var now = Instant.now();
    if (file != null) {
      showFile(file, now);
    } else if (kit != null) {
      showKit(kit, now);
    } else {
      throw new KitException("nothing to show; give a FILE, or --kit DIR");
    }
    problems.forEach(problem -> lines.add("PROBLEM  " + problem));
    if (problems.isEmpty()) {
      lines.add("nothing wrong was found");
    }
    var document = new LinkedHashMap<String, Object>();
    document.put("parts", parts);
    document.put("problems", problems);
    return new Answer(
        problems.isEmpty() ? ExitCode.DONE : ExitCode.FAILED, lines, document, List.of());
  }

  private void showFile(Path shown, Instant now)
      throws KitException, IdentityException, IOException {
    var text = Files.readString(shown, StandardCharsets.ISO_8859_1);
    if (text.startsWith("ward-manifest")) {
      show(KitRequest.read(shown).request());
      return;
    }
    var contents = PemContents.parse(shown.toString(), text);
    contents.certificates().forEach(certificate -> show(certificate, now));
    contents.revocationLists().forEach(list -> show(list, now));
    contents.requests().forEach(this::show);
    if (contents.keys() > 0) {
      lines.add(contents.keys() + " private key(s), not shown");
    }
  }

  private void showKit(Path folder, Instant now) throws IOException {
    try {
      var opened = StartupKit.open(folder);
      var name = opened.name();
      lines.add(
          "startup kit of "
              + name.name().name()
              + " ("
              + name.organization()
              + "), "
              + name.name().role()
              + " of project "
              + name.name().project());
      lines.add("server       " + name.server().name() + " at " + name.address());
      for (var root : opened.trust().rootFingerprints()) {
        lines.add("root         " + root.spoken() + "  (compare over the telephone)");
        parts.add(Map.of("root", root.digest()));
      }
      opened.trust().revocationLists().forEach(list -> show(list, now));
      showIdentity(opened, now);
    } catch (KitException e) {
      problems.add(String.valueOf(e.getMessage()));
    } catch (IdentityException e) {
      problems.add(String.valueOf(e.getMessage()));
    }
  }

  private void showIdentity(StartupKit opened, Instant now) throws IOException, IdentityException {
    var identity = opened.folder().resolve("identity.pem");
    if (!Files.exists(identity)) {
      problems.add("the kit has no certificate yet; ask for one with 'ward cert request'");
      return;
    }
    var chain = Identity.readChain(identity);
    show(CertificateText.of(chain.getFirst()), now);
    try {
      opened.trust().verify(chain, now, EnumSet.allOf(LeafProfile.class));
    } catch (IdentityException e) {
      var problem = String.valueOf(e.getMessage());
      // An ended certificate was told already, in shorter words.
      if (problems.isEmpty()) {
        problems.add(problem);
      }
    }
  }

  private void show(CertificateText certificate, Instant now) {
    lines.add(certificate.kind() + " certificate");
    lines.add("name         " + certificate.name());
    if (!certificate.organization().isEmpty()) {
      lines.add("organization " + certificate.organization());
    }
    if (!certificate.hosts().isEmpty()) {
      lines.add("hosts        " + String.join(", ", certificate.hosts()));
    }
    lines.add(
        "valid        "
            + certificate.notBefore()
            + " to "
            + certificate.notAfter()
            + " ("
            + left(now, certificate.notAfter())
            + ")");
    lines.add("issued by    " + certificate.issuer());
    lines.add("key          " + certificate.key());
    lines.add("serial       " + certificate.serial());
    lines.add("fingerprint  " + certificate.fingerprint().spoken());
    if (certificate.kind().equals("foreign")) {
      problems.add(certificate.name() + " has no Ward name; no Ward project issued it");
    }
    if (now.isAfter(certificate.notAfter())) {
      problems.add(certificate.name() + " ended at " + certificate.notAfter() + "; renew it");
    } else if (now.isBefore(certificate.notBefore())) {
      problems.add(
          certificate.name()
              + " is valid from "
              + certificate.notBefore()
              + ", but this clock says "
              + now
              + "; check the clock");
    }
    var part = new LinkedHashMap<String, Object>();
    part.put("kind", certificate.kind());
    part.put("name", certificate.name());
    part.put("organization", certificate.organization());
    part.put("hosts", certificate.hosts());
    part.put("notBefore", certificate.notBefore().toString());
    part.put("notAfter", certificate.notAfter().toString());
    part.put("issuer", certificate.issuer());
    part.put("key", certificate.key());
    part.put("serial", certificate.serial());
    part.put("fingerprint", certificate.fingerprint().digest());
    parts.add(part);
  }

  private void show(RevocationList list, Instant now) {
    lines.add(
        "revocation list "
            + list.number()
            + " of "
            + list.issuerName()
            + ": "
            + list.serials().size()
            + " revoked, next before "
            + list.nextUpdate());
    if (now.isAfter(list.nextUpdate())) {
      problems.add(
          "revocation list "
              + list.number()
              + " of "
              + list.issuerName()
              + " was due at "
              + list.nextUpdate()
              + "; no new jobs are taken. Get a new one: ward cert refresh");
    }
    var part = new LinkedHashMap<String, Object>();
    part.put("kind", "revocation list");
    part.put("issuer", list.issuerName());
    part.put("number", list.number().longValue());
    part.put("nextUpdate", list.nextUpdate().toString());
    part.put(
        "serials", list.serials().stream().map(serial -> serial.toString(16)).sorted().toList());
    parts.add(part);
  }

  private void show(SigningRequest request) {
    lines.add("request for a certificate");
    lines.add("name         " + request.commonName());
    lines.add("organization " + request.organization());
    lines.add("key          " + request.keyDescription());
    lines.add("fingerprint  " + request.fingerprint().spoken());
    var part = new LinkedHashMap<String, Object>();
    part.put("kind", "request");
    part.put("name", request.commonName());
    part.put("organization", request.organization());
    part.put("key", request.keyDescription());
    part.put("fingerprint", request.fingerprint().digest());
    parts.add(part);
  }

  private static String left(Instant now, Instant end) {
    long days = Duration.between(now, end).toDays();
    return now.isAfter(end) ? "ended" : days + " days left";
  }
}
