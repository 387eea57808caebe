package org.wardfl.client.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.client.host.AlgorithmCatalog;
import org.wardfl.proto.job.JobCodec;

/// What `docs/workflows.md` shows is what is read.
class WorkflowExamplesTest {

  private static final Pattern SNIPPET = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

  @TempDir private Path folder;

  @TestFactory
  Stream<DynamicTest> everySnippetIsAJob() throws Exception {
    var text = Files.readString(Path.of(System.getProperty("ward.root"), "docs", "workflows.md"));
    List<String> snippets = new ArrayList<>();
    var matcher = SNIPPET.matcher(text);
    while (matcher.find()) {
      snippets.add(matcher.group(1));
    }
    assertThat(snippets).hasSizeGreaterThanOrEqualTo(8);
    return snippets.stream()
        .map(snippet -> dynamicTest(snippet.lines().toList().get(1), () -> assertRead(snippet)));
  }

  private void assertRead(String snippet) throws Exception {
    Files.writeString(
        folder.resolve("job.yaml"),
        "name: shown\nmin_sites: 1\nalgorithm: {type: quadratic}\n" + snippet);
    ModelWriter.write(
        TensorMap.of(Tensor.floats("w", new float[1], 1)), folder.resolve("model.safetensors"));
    var sites = new TreeSet<>(List.of(new SiteName("site-1"), new SiteName("site-2")));
    var job = new JobFile(folder, AlgorithmCatalog.installed()).read(sites, OptionalLong.empty());
    assertThat(job.workflows()).isNotEmpty();
    assertThat(JobCodec.fromWire(JobCodec.toWire(job))).isEqualTo(job);
  }
}
