package org.wardfl.cli.federation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.cli.WardProcess;

/// Runs every command of `docs/project-admin.md` and `docs/hospital.md`, in their order: those that
/// last as processes, all over real mutual TLS.
@Timeout(300)
class OperationPagesTest {

  private static final Path DOCS = Path.of(System.getProperty("ward.root"), "docs");
  private static final Pattern BLOCK = Pattern.compile("```(\\w+)\n(.*?)```", Pattern.DOTALL);
  private static final Pattern FILES =
      Pattern.compile(
          "(federation|server-data|data|hospital-a|backup)(/.*)?|\\.|[\\w.-]+\\.(yml|txt|zip)");

  @TempDir private Path folder;
  private final List<WardProcess> lasting = new ArrayList<>();
  private int port;
  private int commands;

  @BeforeEach
  void prepare() throws Exception {
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    shell("echo 'a passphrase of the project admin' > passphrase.txt");
  }

  @AfterEach
  void end() throws Exception {
    stop();
  }

  private void stop() throws Exception {
    for (var process : lasting) {
      process.terminate();
    }
    lasting.clear();
  }

  @Test
  void everyCommandOfTheTwoPagesDoesWhatThePageSays() throws Exception {
    var page = Files.readString(DOCS.resolve("project-admin.md"));
    for (var block : blocks(page, "yaml")) {
      Files.writeString(folder.resolve("project.yml"), here(block));
    }
    var blocks = blocks(page, "sh");
    for (var block : blocks) {
      for (var line : block.lines().toList()) {
        if (line.startsWith("cp -a server-data")) {
          hospital();
          stop();
        }
        run(here(line));
      }
    }
    assertThat(commands).isGreaterThan(16);
    // The restored server has the number of starts that it was told, and the site believes it.
    var sites = here("ward sites list --kit federation/kits/admin@uni.org --password-file ");
    assertThat(ward(sites + "federation/passwords/admin@uni.org.txt")).contains("hospital-a");
    assertThat(Files.readString(folder.resolve("server-data/starts")).strip()).isEqualTo("1001");
  }

  /// The hospital's page, while the server runs.
  private void hospital() throws Exception {
    Files.copy(folder.resolve("federation/zips/hospital-a.zip"), folder.resolve("hospital-a.zip"));
    Files.copy(
        folder.resolve("federation/passwords/hospital-a.txt"),
        folder.resolve("kit-password.txt"),
        StandardCopyOption.COPY_ATTRIBUTES);
    archive();
    for (var block : blocks(Files.readString(DOCS.resolve("hospital.md")), "sh")) {
      for (var line : block.lines().toList()) {
        run(here(line));
      }
    }
    lasting.getLast().awaitText("connected");
    assertThat(folder.resolve("unpacked/bin/ward")).exists();
  }

  /// Something of the archive's form; the real one takes minutes to build.
  private void archive() throws Exception {
    shell("mkdir -p unpacked/bin && echo '#!/bin/sh' > unpacked/bin/ward");
    shell("tar -czf ward.tar.gz unpacked && rm -r unpacked");
    shell("sha256sum ward.tar.gz > ward.tar.gz.sha256");
  }

  /// The pages' server is this machine, on a port of this test's.
  private String here(String text) {
    return text.replace("fl.example.org", "localhost").replace("8002", Integer.toString(port));
  }

  private void run(String line) throws Exception {
    commands++;
    if (line.startsWith("ward server") || line.startsWith("ward client")) {
      start(line);
    } else if (line.startsWith("ward ")) {
      ward(line);
    } else {
      shell(line);
    }
  }

  private void start(String line) throws Exception {
    if (line.startsWith("ward server")) {
      var yaml = folder.resolve("federation/kits/localhost/server.yaml");
      Files.writeString(yaml, Files.readString(yaml).replace("0.0.0.0", "127.0.0.1"));
    }
    var process = WardProcess.start(folder, ":", words(line));
    lasting.add(process);
    process.awaitText("ready:");
  }

  private String ward(String line) throws IOException {
    var result = Federation.local(words(line));
    assertThat(result.exitCode()).as(line + "\n" + result.out() + result.err()).isZero();
    return result.out();
  }

  /// A hospital's name is that of its kit's folder too.
  private String[] words(String line) {
    boolean asksForNames = line.startsWith("ward sites") || line.startsWith("ward cert revoke");
    return line.substring("ward ".length())
        .lines()
        .flatMap(text -> List.of(text.split(" ", -1)).stream())
        .map(word ->
            FILES.matcher(word).matches() && !(asksForNames && word.startsWith("hospital"))
                ? folder.resolve(word).toString()
                : word)
        .toArray(String[]::new);
  }

  private void shell(String line) throws IOException, InterruptedException {
    var process =
        new ProcessBuilder("bash", "-c", "umask 077; " + line)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(line + "\n" + output).isZero();
  }

  private static List<String> blocks(String page, String language) {
    var blocks = new ArrayList<String>();
    var block = BLOCK.matcher(page);
    while (block.find()) {
      if (block.group(1).equals(language)) {
        blocks.add(block.group(2));
      }
    }
    return blocks;
  }
}
