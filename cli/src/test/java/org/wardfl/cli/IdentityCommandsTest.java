package org.wardfl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Exit codes, messages and JSON of the commands about identities.
class IdentityCommandsTest {

  private static final String PROJECT =
      """
      api_version: 3
      name: chest_ct
      participants:
        - {name: fl.example.org, type: server, org: uni, admin_port: 8003}
        - {name: alice@uni.org, type: admin, org: uni, role: lead}
      """;

  @TempDir private Path folder;
  private Path project = Path.of("none");
  private Path passphrase = Path.of("none");

  private record Outcome(int code, String out, String err) {

    /// The document, however it is laid out.
    String json() {
      return out.replaceAll("\\s+", "");
    }
  }

  @BeforeEach
  void writeFiles() throws IOException {
    project = Files.writeString(folder.resolve("project.yml"), PROJECT);
    passphrase = secret("passphrase.txt", "correct horse battery");
  }

  @Test
  void provisionAnswersInOneDocumentAndWarnsOnStandardError() throws IOException {
    var outcome = provision("--json");
    assertThat(outcome.code()).isZero();
    assertThat(outcome.json())
        .startsWith("{")
        .contains("\"created\":[\"fl.example.org\",\"alice@uni.org\"]")
        .contains("\"project\":\"chest_ct\"");
    assertThat(outcome.err())
        .isEqualToIgnoringNewLines(
            "note: admin_port 8003 of fl.example.org is not used: Ward has one port, 8002");
    var again = provision();
    assertThat(again.out()).startsWith("project chest_ct: 0 kits made, 2 kept");
  }

  @Test
  void badInputEndsWithTwoAndTouchesNothing() throws IOException {
    Files.writeString(project, PROJECT.replace("role: lead", "role: king"));
    refused(provision(), "project.yml:5: ", "expected one of project_admin");
    Files.writeString(project, PROJECT.replace("participants", "participant"));
    refused(provision(), "project.yml:3: ", "did you mean `participants`?");
    Files.writeString(project, PROJECT);
    refused(
        run("provision", folder.resolve("none.yml").toString(), "--out", out()),
        "none.yml does not exist");
    refused(
        run("provision", project.toString(), "--out", out()),
        "there is no terminal",
        "--passphrase-file");
    secret("passphrase.txt", "short");
    refused(provision(), "5 characters, expected at least 12");
    secret("passphrase.txt", "");
    refused(provision(), "the first line is empty");
    secret("passphrase.txt", "correct horse battery");
    Files.setPosixFilePermissions(passphrase, PosixFilePermissions.fromString("rw-r--r--"));
    refused(provision(), "permissions rw-r--r--", "chmod 600");
    assertThat(Path.of(out())).doesNotExist();
  }

  @Test
  void aWrongPassphraseEndsWithTwo() throws IOException {
    assertThat(provision().code()).isZero();
    secret("passphrase.txt", "wrong horse battery");
    refused(provision(), "the passphrase does not open this key");
    refused(admin("revoke", "alice@uni.org"), "the passphrase does not open this key");
  }

  @Test
  void aFileThatCannotBeWrittenEndsWithOne() throws IOException {
    var file = Files.writeString(folder.resolve("file"), "");
    var outcome =
        run(
            "provision",
            project.toString(),
            "--out",
            file.resolve("x").toString(),
            "--passphrase-file",
            passphrase.toString());
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(1);
    assertThat(outcome.err())
        .contains(file.toString())
        .contains("what was there before is as it was");
  }

  @Test
  void showTellsWhatIsWrongAndEndsWithOne() throws IOException {
    provision();
    var kit = Path.of(out(), "kits", "alice@uni.org");
    var good = run("cert", "show", "--kit", kit.toString(), "--json");
    assertThat(good.code()).as(good.err()).isZero();
    assertThat(good.json())
        .contains("\"name\":\"ward://chest_ct/lead/alice%40uni.org\"")
        .contains("\"problems\":[]");
    Files.writeString(kit.resolve("README.txt"), "changed");
    var changed = run("cert", "show", "--kit", kit.toString());
    assertThat(changed.code()).isEqualTo(1);
    assertThat(changed.out()).contains("PROBLEM").contains("README.txt was changed");
    refused(run("kit", "verify", kit.toString()), "README.txt was changed");
    var list = run("cert", "show", kit.resolve("trust.pem").toString());
    assertThat(list.code()).as(list.err()).isZero();
    assertThat(list.out()).contains("root authority certificate").contains("0 revoked");
  }

  @Test
  void showExplainsUpdatesRequestsAndFolders() throws IOException {
    provision("--own-key", "alice@uni.org");
    var kit = Path.of(out(), "kits", "alice@uni.org");
    var folder = run("cert", "show", kit.toString());
    assertThat(folder.code()).isEqualTo(1);
    assertThat(folder.out())
        .contains("has no certificate yet; ask for one with 'ward cert request");
    var request =
        run("cert", "request", "--kit", kit.toString(), "--password-file", passphrase.toString());
    assertThat(request.code()).as(request.err()).isZero();
    var fingerprint = request.out().lines().skip(1).findFirst().orElseThrow().substring(13);
    var file = kit.resolve("request/request.txt").toString();
    var unread = admin("approve", file);
    refused(unread, "no fingerprint was given; call the requester");
    assertThat(unread.err()).doesNotContain(fingerprint);
    refused(admin("approve", file, "--fingerprint", fingerprint.substring(0, 9)), "32 digits");
    assertThat(admin("approve", file, "--fingerprint", fingerprint).code()).isZero();
    var answer = Path.of(out(), "updates/alice@uni.org.answer").toString();
    assertThat(run("cert", "show", answer).out())
        .startsWith("answer for ward://chest_ct/lead/alice%40uni.org")
        .contains("signed by    ward://chest_ct/signer/project")
        .contains("revocation list 1 of users of chest_ct, made ");
    assertThat(admin("revoke", "alice@uni.org").out()).contains("alice@uni.org, one certificate");
    var update = Path.of(out(), "updates/all.update").toString();
    assertThat(run("cert", "show", update).out())
        .startsWith("update for everyone")
        .contains("1 revoked");
    assertThat(run("cert", "show", kit.resolve("manifest.txt").toString()).out())
        .contains("manifest of type 'kit'")
        .contains("README.txt");
    refused(
        run("cert", "show", Path.of(out(), "zips/alice@uni.org.zip").toString()),
        "is a zip; a kit's is unpacked with 'ward kit unpack'");
  }

  @Test
  void foldersAndMissingFilesAreNamed() throws IOException {
    provision();
    var here = folder.toString();
    refused(run("cert", "show", here), "is no startup kit: expected a folder with kit.yaml");
    refused(run("cert", "show", here + "/none"), "none does not exist; expected a PEM file");
    refused(run("kit", "verify", here + "/none"), "none does not exist");
    refused(run("kit", "unpack", here + "/none.zip"), "none.zip does not exist; expected the zip");
    refused(admin("approve", here), "is a folder; expected a request");
    refused(run("provision", here, "--out", out()), "found a folder, expected a file");
    var kit = Path.of(out(), "kits", "alice@uni.org").toString();
    refused(run("cert", "install", here, "--kit", kit), "is a folder; expected an answer");
  }

  @Test
  void systemdsCredentialIsBelievedAsItIs() throws IOException {
    provision();
    var kit = Path.of(out(), "kits", "alice@uni.org").toString();
    var credentials = Files.createDirectory(folder.resolve("credentials"));
    var credential = credentials.resolve("kit-password");
    Files.copy(Path.of(out(), "passwords", "alice@uni.org.txt"), credential);
    Files.setPosixFilePermissions(credential, PosixFilePermissions.fromString("r--r-----"));
    refused(
        run("cert", "renew", "--kit", kit, "--password-file", credential.toString()), "chmod 600");
    var found =
        run("cert", "renew", "--kit", kit, "--credentials-directory", credentials.toString());
    assertThat(found.code()).as(found.err()).isZero();
    var named =
        run(
            "cert",
            "renew",
            "--kit",
            kit,
            "--password-file",
            credential.toString(),
            "--credentials-directory",
            credentials.toString());
    assertThat(named.code()).as(named.err()).isZero();
  }

  @Test
  void explainTellsTheRuleThatDecided() {
    var allowed =
        run(
            "policy",
            "explain",
            "--project",
            project.toString(),
            "--user",
            "alice@uni.org",
            "--right",
            "submit_job",
            "--site",
            "fl.example.org");
    assertThat(allowed.code()).as(allowed.err()).isZero();
    assertThat(allowed.out())
        .contains("allowed: alice@uni.org (lead of uni), submit_job, at a site of uni")
        .contains("because: role lead, submit_job: any: 'any' matches");
    var denied =
        run(
            "policy",
            "explain",
            "--user",
            "bob",
            "--role",
            "member",
            "--org",
            "x",
            "--right",
            "submit_job",
            "--site-org",
            "y",
            "--json");
    assertThat(denied.code()).isZero();
    assertThat(denied.json())
        .contains("\"allowed\":false")
        .contains("rolememberhasnoruleforsubmit_job,andwhatismissingisdenied");
    refused(
        run(
            "policy",
            "explain",
            "--user",
            "bob",
            "--role",
            "lead",
            "--org",
            "x",
            "--right",
            "sing",
            "--site-org",
            "y"),
        "--right: found 'sing', expected one of submit_job");
    refused(
        run(
            "policy",
            "explain",
            "--project",
            project.toString(),
            "--user",
            "bob",
            "--right",
            "ls",
            "--site",
            "z"),
        "'bob' is not known to the project file; give --project with the file that knows it, or --org");
  }

  private Outcome provision(String... more) {
    var arguments =
        new ArrayList<>(
            List.of(
                "provision",
                project.toString(),
                "--out",
                out(),
                "--passphrase-file",
                passphrase.toString()));
    arguments.addAll(List.of(more));
    return run(arguments.toArray(String[]::new));
  }

  private Outcome admin(String command, String... more) {
    var arguments = new ArrayList<>(List.of("cert", command));
    arguments.addAll(List.of(more));
    arguments.addAll(List.of("--out", out(), "--passphrase-file", passphrase.toString()));
    return run(arguments.toArray(String[]::new));
  }

  private String out() {
    return folder.resolve("federation").toString();
  }

  private Path secret(String name, String text) throws IOException {
    var file = Files.writeString(folder.resolve(name), text + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  private static void refused(Outcome outcome, String... messages) {
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(2);
    assertThat(outcome.err()).startsWith("ward: ").contains(messages);
    assertThat(outcome.out()).isEmpty();
  }

  private static Outcome run(String... arguments) {
    var out = new StringWriter();
    var err = new StringWriter();
    int code =
        Ward.commandLine(false)
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(arguments);
    return new Outcome(code, out.toString(), err.toString());
  }
}
