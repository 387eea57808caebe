package org.wardfl.cli.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardfl.algo.SiteName;
import org.wardfl.client.host.AlgorithmCatalog;
import org.wardfl.client.job.JobFile;
import org.wardfl.client.job.JobFileException;
import org.wardfl.proto.job.JobDefinition;

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
      lines.add(
          found.group(1).replace("bad_sites: b", "bad_sites: 2").replace("keep: m", "keep: 3"));
    }
    for (var rule :
        List.of("mean", "median", "trimmed-mean", "krum", "multi-krum", "geometric-median")) {
      assertThat(lines).anyMatch(line -> line.matches("\\{type: " + rule + "[,}].*"));
    }
    for (var line : lines) {
      boolean method = line.matches("\\{type: (fed|scaffold|ditto).*");
      var weights = line.contains("fednova") ? "rounds: 1, weights: normalized" : "rounds: 1";
      read(
          method
              ? WORKFLOW.replace("rounds: 1", weights) + by(line)
              : WORKFLOW.replace("rounds: 1", "rounds: 1, aggregation: " + line) + ALGORITHM);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          fednova  | fedavg, rounds: 1                                 | `method: fednova` needs `weights: normalized` in every workflow that trains; workflow has `weights: iterations`
          fednova  | fedavg, rounds: 1, weights: samples               | workflow has `weights: samples`
          fednova  | cyclic, rounds: 1                                 | workflow has `type: cyclic`
          scaffold | cyclic, rounds: 1                                 | `method: scaffold` needs the mean of the sites' updates, `type: fedavg` with `aggregation: mean` in every workflow that trains; workflow has `type: cyclic`
          scaffold | fedavg, rounds: 1, aggregation: {type: median}    | workflow has `aggregation: median`
          scaffold | fedavg, rounds: 1, clip: {norm: median}           | workflow has `clip`
          """)
  void aWorkflowThatAMethodDoesNotHoldForIsRefused(String method, String workflow, String expected)
      throws Exception {
    write("workflow: {type: " + workflow + "}\n" + by("{type: " + method + "}"));
    assertThatThrownBy(this::read)
        .isInstanceOf(JobFileException.class)
        .hasMessageStartingWith("job.yaml:")
        .hasMessageContaining("args: ")
        .hasMessageContaining(expected);
  }

  @Test
  void everyWorkflowOfAListHasToFit() throws Exception {
    var list =
        """
        workflow:
        - {type: fedavg, rounds: 1, weights: normalized}
        - {type: cross_site}
        - {type: fedavg, rounds: 1}
        """;
    write(list + by("{type: fednova}"));
    assertThatThrownBy(this::read).hasMessageContaining("workflow[2] has `weights: iterations`");
  }

  private static String by(String method) {
    return ALGORITHM.replace("epochs: 1", "epochs: 1, method: " + method);
  }

  private void read(String part) throws Exception {
    write(part);
    assertThat(read().workflows()).as(part).hasSize(1);
  }

  private JobDefinition read() throws Exception {
    var sites = new TreeSet<SiteName>();
    IntStream.rangeClosed(1, 8).forEach(number -> sites.add(new SiteName("site-" + number)));
    return new JobFile(folder, AlgorithmCatalog.installed()).read(sites, OptionalLong.empty());
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
