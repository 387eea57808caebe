package org.wardfl.cli.identity;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.wardfl.certs.CertificateText;
import org.wardfl.certs.Fingerprint;
import org.wardfl.certs.PemContents;
import org.wardfl.certs.RevocationList;
import org.wardfl.certs.SigningRequest;
import org.wardfl.cli.ExitCode;

/// What there is to say about certificates, requests and lists: in words, as data, and what is
/// wrong.
final class Explanation {

  private final Instant now;
  private final List<String> lines = new ArrayList<>();
  private final List<Object> parts = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  /// An empty one.
  ///
  /// @param now what is ended, and what is not yet valid
  Explanation(Instant now) {
    this.now = now;
  }

  void line(String line) {
    lines.add(line);
  }

  void problem(String problem) {
    problems.add(problem);
  }

  boolean hasProblem() {
    return !problems.isEmpty();
  }

  Answer answer() {
    var all = new ArrayList<>(lines);
    problems.forEach(problem -> all.add("PROBLEM  " + problem));
    if (problems.isEmpty()) {
      all.add("nothing wrong was found");
    }
    var document = new LinkedHashMap<String, Object>();
    document.put("parts", parts);
    document.put("problems", problems);
    return new Answer(
        problems.isEmpty() ? ExitCode.DONE : ExitCode.FAILED, all, document, List.of());
  }

  void add(PemContents contents) {
    contents.certificates().forEach(this::add);
    contents.revocationLists().forEach(this::add);
    contents.requests().forEach(this::add);
    if (contents.keys() > 0) {
      lines.add(contents.keys() == 1 ? "a private key, not shown" : "private keys, not shown");
    }
  }

  void addRoot(Fingerprint root) {
    lines.add("root         " + root.spoken() + "  (compare over the telephone)");
    parts.add(Map.of("root", root.digest()));
  }

  void add(CertificateText certificate) {
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
            + left(certificate.notAfter())
            + ")");
    lines.add("issued by    " + certificate.issuer());
    lines.add("key          " + certificate.key());
    lines.add("serial       " + certificate.serial());
    lines.add("fingerprint  " + certificate.fingerprint().spoken());
    if (certificate.kind().equals("foreign")) {
      problems.add(certificate.name() + " has no Ward name; no Ward project issued it");
    }
    if (now.isAfter(certificate.notAfter())) {
      problems.add(
          certificate.name()
              + " ended at "
              + certificate.notAfter()
              + "; ask for a new one with 'ward cert request'");
    } else if (now.isBefore(certificate.notBefore())) {
      problems.add(
          certificate.name()
              + " is valid from "
              + certificate.notBefore()
              + ", but this clock says "
              + now.truncatedTo(ChronoUnit.SECONDS)
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

  void add(RevocationList list) {
    var name = "revocation list " + list.number() + " of " + list.issuerName();
    lines.add(name + ": " + list.serials().size() + " revoked, next before " + list.nextUpdate());
    if (now.isAfter(list.nextUpdate())) {
      problems.add(
          name
              + " was due anew at "
              + list.nextUpdate()
              + "; no new jobs are taken until an update of the project admin is installed, who"
              + " makes it with 'ward cert refresh'");
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

  void add(SigningRequest request) {
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

  private String left(Instant end) {
    long days = Duration.between(now, end).toDays();
    return now.isAfter(end) ? "ended" : days + " days left";
  }
}
