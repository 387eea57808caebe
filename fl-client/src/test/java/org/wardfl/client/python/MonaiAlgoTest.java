package org.wardfl.client.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.AbortCause;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.fixture.Npz;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.algo.run.TaskResult;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;

/// A bundle in the real `MonaiAlgo`, where MONAI can be imported; docs/python.md says how to make
/// such a Python. `-Dward.monai.python` names it.
@Timeout(300)
class MonaiAlgoTest {

  private static final String PYTHON = System.getProperty("ward.monai.python", PythonRun.PYTHON);
  private static final Path GOLDEN =
      Path.of(System.getProperty("ward.shared"), "golden", "monai_algo_rounds");

  @TempDir private Path temporary;

  @BeforeEach
  void needsMonai() throws Exception {
    var imported =
        new ProcessBuilder(PYTHON, "-c", "from monai.fl.client import MonaiAlgo; import ignite")
            .redirectErrorStream(true)
            .start();
    var said =
        new String(
            imported.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assumeTrue(
        imported.waitFor() == 0,
        () ->
            PYTHON
                + " cannot import MONAI and ignite: "
                + said.strip().lines().reduce("", (_, last) -> last));
    assumeTrue(Files.isDirectory(GOLDEN), () -> "there is no " + GOLDEN);
  }

  /// The reference is a run of MonaiAlgo with the same network: the same operations in the same
  /// order, so the same numbers; another build of torch may round otherwise.
  @Test
  void threeRoundsAreThoseOfTheReference() throws Exception {
    var golden = Npz.read(GOLDEN.resolve("sgd_momentum_e1.npz"));
    for (var site : new String[] {"site-1", "site-2", "site-3"}) {
      try (var run = run(site)) {
        for (int round = 0; round < 3; round++) {
          var model = run.folder().resolveSibling("model-" + round);
          var prefix = round == 0 ? "init/" : "r" + (round - 1) + "/global/";
          ModelWriter.write(model(golden, prefix), model);
          try (var task = run.task(TaskKind.TRAIN, round + 1, model)) {
            var result = task.run();
            assertThat(result).isInstanceOf(TaskResult.Trained.class);
            var trained = (TaskResult.Trained) result;
            assertThat(trained.stateSaved()).isTrue();
            assertThat(trained.summary().iterations())
                .isEqualTo(
                    switch (site) {
                      case "site-1" -> 3;
                      case "site-2" -> 5;
                      default -> 2;
                    });
            if (round == 0) {
              assertThat(trained.received().values().get("val_accuracy"))
                  .isCloseTo(
                      switch (site) {
                        case "site-1" -> 0.25;
                        case "site-2" -> 0.5;
                        default -> 0.4;
                      },
                      within(1e-6));
            }
            requireClose(task.request().updateOut(), golden, "r" + round + "/" + site + "/diff/");
            var state = run.folder().resolveSibling("state-" + round);
            Files.copy(task.request().stateOut(), state);
            run.state(state);
          }
        }
      }
    }
  }

  @Test
  void theFirstModelComesFromTheSeed() throws Exception {
    try (var run = run("site-1")) {
      var first = initial(run);
      assertThat(initial(run)).isEqualTo(first);
      assertThat(first).isInstanceOf(TaskResult.Initialized.class);
    }
  }

  @Test
  void theSignedBundleIsNotWrittenTo() throws Exception {
    try (var run = run("site-1")) {
      assertThat(initial(run)).isInstanceOf(TaskResult.Initialized.class);
      try (var files = Files.walk(run.folder().resolve("bundle"))) {
        assertThat(files.filter(Files::isRegularFile).map(file -> file.getFileName().toString()))
            .containsExactlyInAnyOrder("LICENSE", "metadata.json", "train.json", "evaluate.json");
      }
    }
  }

  @Test
  void aSiteLaysItsOwnSettingsOverTheBundle() throws Exception {
    var settings =
        Map.<String, Object>of(
            "batch_size", 1L, "workers", 0L, "disabled_handlers", List.of("CheckpointLoader"));
    // 3 steps of 4 cases become as many steps as there are cases.
    assertThat(iterations(run("site-1"))).isEqualTo(3);
    assertThat(iterations(run("site-1").site(settings))).isBetween(9L, 12L);
  }

  @Test
  void whatMonaiSaysOfACaseStaysInTheSitesLog() throws Exception {
    var dataset =
        Map.<String, Object>of(
            "_target_",
            "Dataset",
            "data",
            "$[print('reading jane-doe') or {'image': '/none/jane-doe.nii'}]",
            "transform",
            Map.of("_target_", "LoadImaged", "keys", "image"));
    try (var run = run("site-1").argument("overrides", Map.of("train#dataset", dataset))) {
      var model = run.folder().resolveSibling("model");
      ModelWriter.write(model(Npz.read(GOLDEN.resolve("sgd_momentum_e1.npz")), "init/"), model);
      try (var task = run.task(TaskKind.TRAIN, 1, model)) {
        var failed = (TaskResult.Failed) task.run();
        assertThat(failed.message()).startsWith("train raised ").doesNotContain("jane-doe");
        assertThat(failed.detail()).contains("/none/jane-doe.nii");
        PythonRun.await(() -> run.log().contains("reading jane-doe"));
      }
    }
  }

  @Test
  void aPackedBundleRunsAsItsFolderDoes() throws Exception {
    try (var run = run("site-1")) {
      var folder = first(run);
      packed(run.folder());
      assertThat(first(run.bundle("packed.zip"))).isEqualTo(folder);
      assertThat(iterations(run.site(Map.of("batch_size", 1L)))).isBetween(9L, 12L);
    }
  }

  @Test
  void aPackedBundleThatLeadsOutOfItsFolderIsNotUnpacked() throws Exception {
    try (var run = run("site-1")) {
      try (var zip =
          new ZipOutputStream(Files.newOutputStream(run.folder().resolve("packed.zip")))) {
        zip.putNextEntry(new ZipEntry("bundle/../../outside"));
        zip.write(1);
      }
      assertThat(((TaskResult.Failed) initial(run.bundle("packed.zip"))).message())
          .contains("outside");
      try (var files = Files.walk(temporary)) {
        assertThat(files).noneMatch(file -> file.endsWith("outside"));
      }
    }
  }

  private static void packed(Path folder) throws IOException {
    try (var zip = new ZipOutputStream(Files.newOutputStream(folder.resolve("packed.zip")));
        var files = Files.walk(folder.resolve("bundle"))) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        zip.putNextEntry(new ZipEntry(folder.relativize(file).toString()));
        Files.copy(file, zip);
      }
    }
  }

  private static ModelHash first(PythonRun run) throws IOException {
    return ((TaskResult.Initialized) initial(run)).model();
  }

  private static long iterations(PythonRun run) throws Exception {
    var model = run.folder().resolveSibling("model");
    ModelWriter.write(model(Npz.read(GOLDEN.resolve("sgd_momentum_e1.npz")), "init/"), model);
    try (var task = run.task(TaskKind.TRAIN, 1, model)) {
      var result = task.run();
      assertThat(result).isInstanceOf(TaskResult.Trained.class);
      return ((TaskResult.Trained) result).summary().iterations();
    }
  }

  @Test
  void anUnknownArgumentIsNamed() throws Exception {
    try (var run = run("site-1").argument("epochs", 3L)) {
      assertThat(((TaskResult.Failed) initial(run)).message())
          .startsWith("args.epochs: MonaiAlgo has no such argument; it has ");
    }
  }

  @Test
  void anAbortInEvaluateEndsAlthoughMonaiIgnoresIt() throws Exception {
    try (var run = run("site-1")) {
      var config = run.folder().resolve("bundle/configs/evaluate.json");
      Files.writeString(
          config,
          Files.readString(config)
              .replace(
                  "lambda output: (",
                  "lambda output: open('%s', 'w').close() or __import__('time').sleep(1000) or ("
                      .formatted(temporary.resolve("evaluating"))));
      var model = run.folder().resolveSibling("model");
      ModelWriter.write(model(Npz.read(GOLDEN.resolve("sgd_momentum_e1.npz")), "init/"), model);
      try (var task = run.task(TaskKind.EVALUATE, 1, model);
          var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        var running = threads.submit(task::run);
        PythonRun.await(() -> Files.exists(temporary.resolve("evaluating")));
        long start = System.nanoTime();
        task.runner().abort(AbortCause.REQUESTED);
        assertThat(running.get()).isEqualTo(new TaskResult.Aborted(AbortCause.REQUESTED, false));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
      }
    }
  }

  private PythonRun run(String site) throws IOException {
    var run = new PythonRun(Files.createTempDirectory(temporary, "run"));
    var bundle = Path.of("src", "test", "resources", "org", "wardfl", "client", "python", "bundle");
    try (var files = Files.walk(bundle)) {
      for (var file : files.toList()) {
        Files.copy(file, run.folder().resolve("bundle").resolve(bundle.relativize(file)));
      }
    }
    return run.executable(PYTHON)
        .bundle("bundle")
        .memory(4L << 30)
        .dataset(GOLDEN.resolve("data_" + site + ".npz"));
  }

  private static TaskResult initial(PythonRun run) throws IOException {
    try (var task = run.task(TaskKind.INITIAL, 0, Path.of("none"))) {
      return task.run();
    }
  }

  private static void requireClose(Path update, Npz golden, String prefix) throws Exception {
    try (var file = ModelFile.open(update)) {
      var found = file.load();
      for (var spec : file.specs()) {
        if (!spec.dtype().isFloating()) {
          // The reference averages counters as fractions, which a model file does not.
          continue;
        }
        var values = found.tensor(spec.name()).toDoubles();
        var expected = golden.array(prefix + spec.name()).values();
        for (int i = 0; i < values.length; i++) {
          assertThat(values[i]).as(prefix + spec.name()).isCloseTo(expected[i], within(1e-6));
        }
      }
    }
  }

  private static TensorMap model(Npz golden, String prefix) {
    var model = TensorMap.builder();
    golden
        .arrays()
        .forEach((name, array) -> {
          if (name.startsWith(prefix)) {
            model.add(tensor(name.substring(prefix.length()), array));
          }
        });
    return model.build();
  }

  private static Tensor tensor(String name, Npz.Array array) {
    if (name.endsWith("num_batches_tracked")) {
      return Tensor.longs(name, new long[] {(long) array.values()[0]}, array.shape());
    }
    var values = new float[array.values().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) array.values()[i];
    }
    return Tensor.floats(name, values, array.shape());
  }
}
