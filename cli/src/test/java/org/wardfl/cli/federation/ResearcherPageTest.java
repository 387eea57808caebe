package org.wardfl.cli.federation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Runs every command of `docs/researcher.md`, in its order, against running processes.
@Timeout(180)
class ResearcherPageTest {

  private static final Path PAGE = Path.of(System.getProperty("ward.root"), "docs/researcher.md");
  private static final Pattern BLOCK = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);
  private static final String JOB =
      """
      name: my-job
      min_sites: 2
      workflow: {type: fedavg, rounds: 2, key_metric: {name: distance, direction: min}}
      algorithm: {type: quadratic}
      resources: {memory: 64MiB}
      """;

  @TempDir private Path folder;
  private String id = "";

  @Test
  void everyCommandOfThePageDoesWhatThePageSays() throws Exception {
    try (var federation = new Federation(folder, "site-1", "site-2").start()) {
      // The page asks the sites first of all.
      federation.process("site-1").awaitText("connected");
      federation.process("site-2").awaitText("connected");
      federation.job("my-job", JOB);
      int commands = 0;
      for (var line : commands()) {
        var result = run(federation, line);
        if (line.startsWith("ward job submit")) {
          id = result.strip();
        }
        commands++;
      }
      assertThat(commands).isGreaterThan(9);
      assertThat(folder.resolve("results/report.html")).exists();
      var jobs = Federation.expect(federation.run(Federation.LEAD, "job", "list"));
      assertThat(jobs).doesNotContain(id).contains("my-job");
    }
  }

  private static List<String> commands() throws Exception {
    var lines = new ArrayList<String>();
    var blocks = BLOCK.matcher(Files.readString(PAGE));
    while (blocks.find()) {
      blocks.group(1).lines().filter(line -> line.startsWith("ward ")).forEach(lines::add);
    }
    return lines;
  }

  /// The kit that the page has in `WARD_KIT`, and its password, are those of the lead.
  private String run(Federation federation, String line) {
    boolean asksTheServer = line.contains("--password-file");
    var words = new ArrayList<String>();
    for (var word : line.replace(" --password-file password.txt", "").split(" ", -1)) {
      words.add(
          switch (word) {
            case "$ID" -> id;
            case "my-job" -> folder.resolve("jobs/my-job").toString();
            case "results", "results/model.safetensors" -> folder.resolve(word).toString();
            default -> word;
          });
    }
    var command = words.subList(1, words.size()).toArray(String[]::new);
    return Federation.expect(
        asksTheServer ? federation.run(Federation.LEAD, command) : Federation.local(command));
  }
}
