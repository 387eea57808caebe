package org.wardfl.cli.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.SiteName;
import org.wardfl.client.host.AlgorithmCatalog;
import org.wardfl.client.job.JobFile;

/// Reads every job snippet of `docs/methods.md`, and every line of its tables, as part of a job.
class MethodsPageTest {

  private static final Path PAGE = Path.of(System.getProperty("ward.root"), "docs/methods.md");
  private static final Pattern BLOCK = Pattern.compile("```yaml\\n(.*?)```", Pattern.DOTALL);
  private static final Pattern RULE = Pattern.compile("\\| `(\\{type: [^`]*\\})`");

  private static final String WORKFLOW = "workflow: {type: fedavg, rounds: 1}\n";
  private static final String ALGORITHM =
      """
      algorithm:
        type: torch-tabular
        args: {learning_rate: 0.01, local_epochs: 1}
      """;

  @TempDir private Path folder;

  @Test
  void everySnippetIsRead() throws Exception {
    var blocks = new ArrayList<String>();
    var found = BLOCK.matcher(Files.readString(PAGE));
    while (found.find()) {
      blocks.add(found.group(1));
    }
    assertThat(blocks).hasSizeGreaterThanOrEqualTo(5);
    for (var block : blocks) {
      read(
          block
              + (block.startsWith("workflow:") ? "" : WORKFLOW)
              + (block.contains("algorithm:") ? "" : ALGORITHM));
    }
  }

  @Test
  void everyLineOfTheTablesIsRead() throws Exception {
    var lines = new ArrayList<String>();
    var found = RULE.matcher(Files.readString(PAGE));
    while (found.find()) {
      lines.add(found.group(1).replace("bad_sites: b", "bad_sites: 2").replace("keep: m", "keep: 3"));
    }
    for (var rule :
        List.of("mean", "median", "trimmed-mean", "krum", "multi-krum", "geometric-median")) {
      assertThat(lines).anyMatch(line -> line.matches("\\{type: " + rule + "[,}].*"));
    }
    for (var line : lines) {
      boolean method = line.matches("\\{type: (fed|scaffold|ditto).*");
      read(
          method
              ? WORKFLOW + ALGORITHM.replace("epochs: 1", "epochs: 1, method: " + line)
              : WORKFLOW.replace("rounds: 1", "rounds: 1, aggregation: " + line) + ALGORITHM);
    }
  }

  private void read(String part) throws Exception {
    write(part);
    var sites = new TreeSet<SiteName>();
    IntStream.rangeClosed(1, 8).forEach(number -> sites.add(new SiteName("site-" + number)));
    var job =
        new JobFile(folder, AlgorithmCatalog.installed()).read(sites, OptionalLong.empty());
    assertThat(job.workflows()).as(part).hasSize(1);
  }

  private void write(String part) throws IOException {
    Files.writeString(
        folder.resolve("job.yaml"),
        """
        name: methods
        min_sites: 8
        data: {dataset: patients, format: csv, label: ill}
        """
            + part);
  }
}
