package org.wardfl.cli.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.cli.WardProcess;
import org.wardfl.provisioning.site.SitePolicyFile;

/// Does what `docs/python.md` and the example's page say: writes their files, runs their commands.
@Timeout(300)
class PythonPageTest {

  private static final Path ROOT = Path.of(System.getProperty("ward.root"));
  private static final String PYTHON = "/usr/bin/python3";
  private static final String MONAI = System.getProperty("ward.monai.python", PYTHON);
  private static final Path GOLDEN =
      Path.of(System.getProperty("ward.shared"), "golden", "monai_algo_rounds");

  @TempDir private Path folder;

  @BeforeEach
  void needsNumpy() throws Exception {
    require(PYTHON, "import numpy");
  }

  @Test
  void everyCommandOfThePageDoesWhatThePageSays() throws Exception {
    var page = writtenFiles();
    for (var block : blocks(page, "sh")) {
      for (var line : block.lines().toList()) {
        if (!line.contains("bundle-job")) {
          run(line);
        }
      }
    }
    assertThat(folder.resolve("workspace/my-job/run-001/model.safetensors")).exists();
    assertThat(folder.resolve("workspace/my-script/run-001/report.html")).exists();
    var site = folder.resolve("site.yaml");
    assertThat(SitePolicyFile.read(site).python())
        .contains(Path.of("/opt/ward-python/bin/python3"));
  }

  @Test
  void theBundleOfThePageRunsWhereMonaiIs() throws Exception {
    require(MONAI, "import ignite; from monai.fl.client import MonaiAlgo");
    assumeTrue(Files.isDirectory(GOLDEN), () -> "there is no " + GOLDEN);
    writtenFiles();
    var job = folder.resolve("bundle-job");
    copy(
        ROOT.resolve("fl-client/src/test/resources/org/wardfl/client/python/bundle"),
        job.resolve("squares"));
    Files.createDirectory(job.resolve("data"));
    for (var site : List.of("site-1", "site-2")) {
      Files.copy(
          GOLDEN.resolve("data_" + site + ".npz"), job.resolve("data").resolve(site + ".npz"));
    }
    run("ward simulate bundle-job --python " + MONAI);
  }

  @Test
  void theExampleLearnsAsItsPageSays() throws Exception {
    var page = Files.readString(ROOT.resolve("examples/python-algorithm/README.md"));
    for (var block : blocks(page, "sh")) {
      var result =
          run(block.strip().replace("examples/", ROOT.resolve("examples") + "/") + " --json");
      var accuracy = Pattern.compile("\"metrics\": \\{\\s*\"accuracy\": ([0-9.]+)").matcher(result);
      assertThat(accuracy.find()).as(result).isTrue();
      assertThat(Double.parseDouble(accuracy.group(1))).isBetween(0.96, 0.98);
    }
  }

  /// The page, after its files were written: those whose first line is their name.
  private String writtenFiles() throws IOException {
    var page = Files.readString(ROOT.resolve("docs/python.md"));
    for (var language : List.of("python", "yaml")) {
      for (var block : blocks(page, language)) {
        var file = folder.resolve(block.lines().findFirst().orElseThrow().substring("# ".length()));
        Files.createDirectories(file.getParent());
        Files.writeString(file, block);
      }
    }
    return page;
  }

  private String run(String line) throws IOException, InterruptedException {
    if (!line.startsWith("ward ")) {
      var process =
          new ProcessBuilder("bash", "-c", line)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .start();
      var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(line + "\n" + output).isZero();
      return output;
    }
    var words = new ArrayList<>(List.of(line.split(" ")));
    words.removeFirst();
    words.set(1, folder.resolve(words.get(1)).toString());
    words.addAll(List.of("--workspace", folder.resolve("workspace").toString()));
    if (!line.contains("--python")) {
      words.addAll(List.of("--python", PYTHON));
    }
    var result = WardProcess.run(folder, words.toArray(String[]::new));
    assertThat(result.exitCode()).as(line + "\n" + result.out() + result.err()).isZero();
    return result.out();
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var files = Files.walk(from)) {
      for (var file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
  }

  private static void require(String python, String statement) throws Exception {
    assumeTrue(Files.isExecutable(Path.of(python)), () -> "there is no " + python);
    var imported =
        new ProcessBuilder(python, "-c", statement)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assumeTrue(imported.waitFor() == 0, () -> python + " cannot do `" + statement + "`");
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
