package org.wardfl.gpu.tabular;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardfl.algo.AbortCause;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.ClientAlgoFactory;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.algo.run.TaskResult;
import org.wardfl.algo.statistics.FeatureStatistics;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;

/// The algorithm as the platform runs it.
class TorchTabularTest {

  @TempDir private Path folder;

  private final Map<String, Object> arguments = new HashMap<>();
  private Path data = Path.of("");

  @BeforeEach
  void makePatients() throws IOException {
    arguments.putAll(Map.of("learning_rate", 0.05, "local_epochs", 1L, "layers", List.of(8L)));
    data = Patients.write(folder.resolve("site-1.csv"), 200, 1);
  }

  @Test
  void isFoundAndAsksForItsOwnProcess() {
    var found =
        ServiceLoader.load(ClientAlgoFactory.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(factory -> factory.id().equals("torch-tabular"))
            .findFirst();
    assertThat(found).isPresent();
    assertThat(found.orElseThrow().needsOwnProcess()).isTrue();
  }

  @Test
  void initialModelIsTheSameAtEverySite() throws Exception {
    var other = Patients.write(folder.resolve("other.csv"), 50, 2);
    var here = initial("here", site("site-1", data));
    var there = initial("there", site("site-2", other));
    assertThat(Files.readAllBytes(here)).isEqualTo(Files.readAllBytes(there));
    try (var file = ModelFile.open(here)) {
      assertThat(file.load().tensor("layers.0.weight").spec().shape().extents())
          .containsExactly(8L, 3L);
      assertThat(file.load().tensor("layers.1.weight").spec().shape().extents())
          .containsExactly(2L, 8L);
    }
  }

  @Test
  void trainingReportsWhatItDidAndGetsBetter() throws Exception {
    arguments.put("local_epochs", 20L);
    var site = site("site-1", data);
    var model = initial("model", site);
    var update = folder.resolve("update");
    var trained = trained(site.run(TaskKind.TRAIN, 1, Optional.of(model), update));
    // 150 training rows in batches of 16: ten an epoch.
    assertThat(trained.summary().iterations()).isEqualTo(200);
    assertThat(trained.summary().samples()).isEqualTo(150);
    assertThat(trained.summary().values()).containsOnlyKeys("loss");
    assertThat(trained.received().samples()).isEqualTo(50);
    assertThat(trained.received().values()).containsOnlyKeys("accuracy", "auc", "loss");
    assertThat(trained.stateSaved()).isFalse();
    var before = trained.received().values();
    var result =
        site.run(TaskKind.EVALUATE, 2, Optional.of(add(model, update)), folder.resolve("none"));
    var after = ((TaskResult.Evaluated) result).metrics().values();
    assertThat(after.get("loss")).isLessThan(Objects.requireNonNull(before.get("loss")));
    assertThat(after.get("auc")).isGreaterThan(0.9);
  }

  @Test
  void aRepeatedTaskGivesTheSameBytesAndAnotherRoundOrSiteOthers() throws Exception {
    var site = site("site-1", data);
    var model = Optional.of(initial("model", site));
    var first = trained(site.run(TaskKind.TRAIN, 1, model, folder.resolve("a")));
    var again = trained(site.run(TaskKind.TRAIN, 1, model, folder.resolve("b")));
    var later = trained(site.run(TaskKind.TRAIN, 2, model, folder.resolve("c")));
    var elsewhere =
        trained(site("site-2", data).run(TaskKind.TRAIN, 1, model, folder.resolve("d")));
    assertThat(again.update()).isEqualTo(first.update());
    assertThat(again.summary()).isEqualTo(first.summary());
    assertThat(later.update()).isNotEqualTo(first.update());
    assertThat(elsewhere.update()).isNotEqualTo(first.update());
  }

  @Test
  void rowsCanStayInTheirOrder() throws Exception {
    arguments.put("shuffle", false);
    var site = site("site-1", data);
    var model = Optional.of(initial("model", site));
    var first = trained(site.run(TaskKind.TRAIN, 1, model, folder.resolve("a")));
    var later = trained(site.run(TaskKind.TRAIN, 2, model, folder.resolve("b")));
    assertThat(later.update()).isEqualTo(first.update());
  }

  @ParameterizedTest
  @ValueSource(strings = {"sgd", "adam"})
  void aKeptStateGoesOnWhereTheLastTaskStopped(String optimizer) throws Exception {
    arguments.put("optimizer", optimizer);
    arguments.put("optimizer_state", "keep");
    arguments.put("shuffle", false);
    if (optimizer.equals("sgd")) {
      arguments.put("momentum", 0.9);
    }
    var half = site("site-1", data);
    var model = initial("model", half);
    var first = run(half, 1, model, Optional.empty(), "first");
    assertThat(first.stateSaved()).isTrue();
    var middle = add(model, folder.resolve("first"));
    run(half, 2, middle, Optional.of(Site.stateOf(folder.resolve("first"))), "second");
    var resumed = values(add(middle, folder.resolve("second")));

    arguments.put("local_epochs", 2L);
    run(site("site-1", data), 1, model, Optional.empty(), "both");
    var whole = values(add(model, folder.resolve("both")));
    // Model and difference pass through files in between: a few units in the last place.
    for (int i = 0; i < whole.length; i++) {
      assertThat(resumed[i]).isCloseTo(whole[i], within(2e-6));
    }
  }

  @Test
  void aStateOfAnotherOptimizerIsRefused() throws Exception {
    arguments.putAll(Map.of("optimizer_state", "keep", "momentum", 0.9));
    var site = site("site-1", data);
    var model = initial("model", site);
    run(site, 1, model, Optional.empty(), "first");
    arguments.remove("momentum");
    arguments.put("optimizer", "adam");
    var result =
        site("site-1", data)
            .run(
                TaskKind.TRAIN,
                2,
                Optional.of(model),
                Optional.of(Site.stateOf(folder.resolve("first"))),
                (_, _) -> {},
                folder.resolve("second"));
    assertThat(failure(result)).contains("the kept state is not one of Adam");
  }

  @Test
  void oneClassOnlyIsFine() throws Exception {
    var file = folder.resolve("healthy.csv");
    Files.writeString(
        file, "age,dose,marker,ill,split\n1,2,3,0,train\n3,2,1,0,train\n4,4,4,0,test\n");
    var site = site("site-1", file);
    var trained =
        trained(
            site.run(
                TaskKind.TRAIN, 1, Optional.of(initial("model", site)), folder.resolve("update")));
    assertThat(trained.received().values()).containsOnlyKeys("accuracy", "loss");
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY})
  void aReceivedModelMustBeFinite(float strange) throws Exception {
    // Behind a ReLU an infinite bias would pass unseen: the unit is silent.
    var site = site("site-1", data);
    var model = with(initial("model", site), "layers.0.bias", strange);
    for (var kind : List.of(TaskKind.TRAIN, TaskKind.EVALUATE)) {
      assertThat(failure(site.run(kind, 1, Optional.of(model), folder.resolve("update"))))
          .contains("layers.0.bias")
          .contains("finite");
    }
    assertThat(folder.resolve("update")).doesNotExist();
  }

  @Test
  void theModelOfAnotherNetworkIsRefused() throws Exception {
    var wide = site("site-1", data);
    var model = initial("model", wide);
    arguments.put("layers", List.of(4L));
    assertThat(failure(train(site("site-1", data), model)))
        .isEqualTo("tensor layers.0.weight: F32[8, 3], expected F32[4, 3]");
    arguments.put("layers", List.of());
    assertThat(failure(train(site("site-1", data), model))).contains("layers.0");
    arguments.put("layers", List.of(8L, 8L));
    assertThat(failure(train(site("site-1", data), model))).contains("layers.1.weight");
  }

  @Test
  void aTrainingThatRunsAwayFailsInsteadOfReturningNonsense() throws Exception {
    arguments.put("learning_rate", 1e6);
    arguments.put("local_epochs", 50L);
    var site = site("site-1", data);
    assertThat(failure(train(site, initial("model", site))))
        .matches("the training loss is \\S+ at step \\d+ of 500");
  }

  @Test
  void badDataAndMissingFilesAreToldWithTheirPlace() throws Exception {
    var site = site("site-1", data);
    var model = initial("model", site);
    var bad = folder.resolve("bad.csv");
    Files.writeString(bad, "age,dose,marker,ill,split\n1,2,3,0,train\n1,x,3,0,train\n");
    assertThat(failure(train(site("site-1", bad), model)))
        .isEqualTo("bad.csv, line 3, column `dose`: found something that is not a number");
    assertThat(failure(train(site("site-1", folder.resolve("absent.csv")), model)))
        .isEqualTo("absent.csv is not a file; expected a CSV file");
  }

  @Test
  void statisticsOutsideTheJobFolderAreRefused() throws Exception {
    arguments.putAll(Map.of("standardization", "given", "statistics", "../secret.csv"));
    var site = site("site-1", data);
    var result = site.run(TaskKind.INITIAL, 0, Optional.empty(), folder.resolve("model"));
    assertThat(failure(result)).contains("`statistics`: the file is outside the job folder");
  }

  @Test
  void statisticsAreLookedAtBeforeTheJobRuns() throws Exception {
    arguments.putAll(Map.of("standardization", "given", "statistics", "given.csv"));
    var settings = new Arguments(Map.of("format", "csv", "label", "ill"));
    var factory = new TorchTabularFactory();
    assertThatThrownBy(() -> factory.check(folder, new Arguments(arguments), settings))
        .isInstanceOf(AlgoException.Configuration.class)
        .hasMessage("argument `statistics`: given.csv is not a file; expected a CSV file");
    Files.writeString(folder.resolve("given.csv"), "feature,mean,sd\ndose,2,two\n");
    assertThatThrownBy(() -> factory.check(folder, new Arguments(arguments), settings))
        .hasMessageStartingWith("argument `statistics`: given.csv, line 2, column `sd`");
    Files.writeString(folder.resolve("given.csv"), "feature,mean,sd\ndose,2,2\n");
    factory.check(folder, new Arguments(arguments), settings);
  }

  @Test
  void anAbortEndsTheTrainingAtTheNextStep() throws Exception {
    arguments.remove("local_epochs");
    arguments.put("local_steps", 1_000_000_000L);
    var site = site("site-1", data);
    var model = Optional.of(initial("model", site));
    var started = new CountDownLatch(1);
    var result = new AtomicReference<TaskResult>();
    try (var runner = site.runner(List.of())) {
      var request =
          site.request(
              TaskKind.TRAIN,
              1,
              model,
              Optional.empty(),
              (_, _) -> started.countDown(),
              folder.resolve("update"));
      var caller = Thread.ofPlatform().start(() -> result.set(runner.run(request)));
      started.await();
      runner.abort(AbortCause.REQUESTED);
      caller.join();
    }
    assertThat(result.get()).isEqualTo(new TaskResult.Aborted(AbortCause.REQUESTED, false));
    assertThat(folder.resolve("update")).doesNotExist();
  }

  @Test
  void aGpuThatIsNotThereIsAFailureAndNotTheCpu() throws Exception {
    var site = site("site-1", data);
    try (var runner = site.runner(List.of(99))) {
      var result =
          runner.run(
              site.request(
                  TaskKind.INITIAL,
                  0,
                  Optional.empty(),
                  Optional.empty(),
                  (_, _) -> {},
                  folder.resolve("model")));
      assertThat(failure(result)).contains("CUDA device 99 is not there");
    }
  }

  @Test
  void dataStatisticsDescribeEveryColumnAndNothingElse() throws Exception {
    var result = site("site-1", data).run(TaskKind.DATA_STATS, 1, Optional.empty(), folder);
    var told = ((TaskResult.Described) result).statistics();
    assertThat(told.values()).isEmpty();
    assertThat(told.samples()).isEqualTo(200);
    assertThat(told.features()).extracting(FeatureStatistics::feature).contains("age", "ill");
  }

  private Site site(String name, Path file) {
    return new Site(name, file, arguments, Map.of("label", "ill"), folder, folder, 3);
  }

  private Path initial(String name, Site site) throws IOException {
    var model = folder.resolve(name);
    assertThat(site.run(TaskKind.INITIAL, 0, Optional.empty(), model))
        .isInstanceOf(TaskResult.Initialized.class);
    return model;
  }

  private TaskResult train(Site site, Path model) throws IOException {
    return site.run(TaskKind.TRAIN, 1, Optional.of(model), folder.resolve("update"));
  }

  private TaskResult.Trained run(Site site, int round, Path model, Optional<Path> state, String out)
      throws IOException {
    return trained(
        site.run(
            TaskKind.TRAIN, round, Optional.of(model), state, (_, _) -> {}, folder.resolve(out)));
  }

  private static TaskResult.Trained trained(TaskResult result) {
    assertThat(result).isInstanceOf(TaskResult.Trained.class);
    return (TaskResult.Trained) result;
  }

  private static String failure(TaskResult result) {
    assertThat(result).isInstanceOf(TaskResult.Failed.class);
    return ((TaskResult.Failed) result).message();
  }

  private Path add(Path model, Path difference) throws Exception {
    var sum = TensorMap.builder();
    try (var old = ModelFile.open(model);
        var change = ModelFile.open(difference)) {
      for (var spec : old.load().specs()) {
        var values = old.load().tensor(spec.name()).toFloats();
        var changes = change.load().tensor(spec.name()).toFloats();
        for (int i = 0; i < values.length; i++) {
          values[i] += changes[i];
        }
        sum.add(Tensor.floats(spec, values));
      }
    }
    var file = folder.resolve(model.getFileName() + "+" + difference.getFileName());
    ModelWriter.write(sum.build(), file);
    return file;
  }

  private Path with(Path model, String name, float value) throws Exception {
    var changed = TensorMap.builder();
    try (var old = ModelFile.open(model)) {
      for (var spec : old.load().specs()) {
        var values = old.load().tensor(spec.name()).toFloats();
        if (spec.name().equals(name)) {
          values[0] = value;
        }
        changed.add(Tensor.floats(spec, values));
      }
    }
    var file = folder.resolve(name + value);
    ModelWriter.write(changed.build(), file);
    return file;
  }

  private static double[] values(Path model) throws Exception {
    try (var file = ModelFile.open(model)) {
      var weights = file.load();
      return weights.specs().stream()
          .flatMapToDouble(spec -> Arrays.stream(weights.tensor(spec.name()).toDoubles()))
          .toArray();
    }
  }
}
