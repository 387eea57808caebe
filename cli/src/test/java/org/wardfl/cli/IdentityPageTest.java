package org.wardfl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Runs every command of `docs/identity.md`, in its order.
class IdentityPageTest {

  private static final Path PAGE = Path.of(System.getProperty("ward.root"), "docs/identity.md");
  private static final Pattern WORDS = Pattern.compile("\"([^\"]*)\"|(\\S+)");
  private static final Pattern FILES =
      Pattern.compile("(federation|hospital)(/.*)?|.*\\.(yml|txt)");

  @TempDir private Path folder;
  private String fingerprint = "";

  @Test
  void everyCommandOfThePageDoesWhatThePageSays() throws Exception {
    var page = Files.readString(PAGE);
    Files.writeString(folder.resolve("project.yml"), blocks(page, "yaml").getFirst());
    Files.createDirectory(
        folder.resolve("hospital"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    int wardCommands = 0;
    for (var block : blocks(page, "sh")) {
      for (var line : block.lines().toList()) {
        if (line.startsWith("ward cert rotate finish")) {
          renewAllOthers();
        }
        if (line.startsWith("ward ")) {
          var output = ward(line);
          wardCommands++;
          if (line.startsWith("ward cert request")) {
            fingerprint = output.lines().skip(1).findFirst().orElseThrow().substring(13);
          }
        } else {
          shell(line);
        }
      }
    }
    assertThat(wardCommands).isGreaterThan(20);
    assertThat(ward("ward cert show --kit hospital/hospital-a"))
        .contains("ward://chest_ct/site/hospital-a")
        .contains("nothing wrong was found");
  }

  /// What the page leaves to the other participants.
  private void renewAllOthers() throws IOException {
    for (var name : List.of("fl.example.org", "hospital-b", "admin@uni.org")) {
      var kit = " --kit federation/kits/" + name;
      var password = " --password-file federation/passwords/" + name + ".txt";
      ward("ward cert install federation/updates/" + name + ".update" + kit);
      ward("ward cert renew" + kit + password);
      ward(
          "ward cert approve federation/kits/"
              + name
              + "/request/request.txt --out federation --passphrase-file passphrase.txt");
      ward("ward cert install federation/updates/" + name + ".answer" + kit + password);
    }
  }

  private String ward(String line) {
    var arguments = new ArrayList<String>();
    var words = WORDS.matcher(line);
    while (words.find()) {
      var word = words.group(1) == null ? words.group(2) : words.group(1);
      if (word.equals("$FINGERPRINT")) {
        word = fingerprint;
      } else if (FILES.matcher(word).matches()) {
        word = folder.resolve(word).toString();
      }
      arguments.add(word);
    }
    var out = new StringWriter();
    var err = new StringWriter();
    int code =
        Ward.commandLine(false)
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(arguments.subList(1, arguments.size()).toArray(String[]::new));
    assertThat(code).as(line + "\n" + out + err).isZero();
    return out.toString();
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
    var block = Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(page);
    while (block.find()) {
      blocks.add(block.group(1));
    }
    return blocks;
  }
}
