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
    refused(
        run(
            "cert",
            "revoke",
            "alice@uni.org",
            "--out",
            out(),
            "--passphrase-file",
            passphrase.toString()),
        "the passphrase does not open this key");
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
    assertThat(outcome.err()).contains("nothing has changed");
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
