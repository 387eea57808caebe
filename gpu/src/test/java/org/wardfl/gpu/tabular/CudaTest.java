package org.wardfl.gpu.tabular;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.engine.Engine;
import ai.djl.engine.StandardCapabilities;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.run.TaskResult;
import org.wardfl.gpu.torch.Torch;

/// The same training on the first CUDA device and on the CPU. Skipped where there is none.
class CudaTest {

  @TempDir private Path folder;

  @Test
  void aDeviceLearnsWhatTheCpuLearns() throws Exception {
    Torch.open(1, List.of()).close();
    var engine = Engine.getEngine("PyTorch");
    assumeThat(engine.hasCapability(StandardCapabilities.CUDA) && engine.getGpuCount() > 0)
        .as("torch's libraries for CUDA, and a device")
        .isTrue();
    var data = Patients.write(folder.resolve("patients.csv"), 400, 11);
    Map<String, Object> job =
        Map.of("layers", List.of(16L), "learning_rate", 0.05, "momentum", 0.9, "local_epochs", 3L);
    var site = new Site("site-1", data, job, Map.of("label", "ill"), folder, folder, 5);
    var model = folder.resolve("model");
    site.run(TaskKind.INITIAL, 0, Optional.empty(), model);
    var cpu = update(site, List.of(), model, folder.resolve("cpu"));
    var cuda = update(site, List.of(0), model, folder.resolve("cuda"));
    assertThat(cuda).hasSameSizeAs(cpu);
    for (int i = 0; i < cpu.length; i++) {
      // Sums in another order, over 57 steps.
      assertThat(cuda[i]).isCloseTo(cpu[i], within(1e-4));
    }
  }

  private static double[] update(Site site, List<Integer> gpus, Path model, Path out)
      throws Exception {
    try (var runner = site.runner(gpus)) {
      var request =
          site.request(TaskKind.TRAIN, 1, Optional.of(model), Optional.empty(), (_, _) -> {}, out);
      assertThat(runner.run(request)).isInstanceOf(TaskResult.Trained.class);
    }
    try (var file = ModelFile.open(out)) {
      var weights = file.load();
      return weights.specs().stream()
          .flatMapToDouble(spec -> Arrays.stream(weights.tensor(spec.name()).toDoubles()))
          .toArray();
    }
  }
}
