package org.wardfl.gpu.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.ClientAlgoFactory;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.method.ControlVariates;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.run.AlgoRunner;
import org.wardfl.algo.run.Grace;
import org.wardfl.algo.run.TaskRequest;
import org.wardfl.algo.run.TaskResult;
import org.wardfl.algo.run.UpdateTransform;
import org.wardfl.algo.tensor.Role;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.gpu.classification.Stripes;
import org.wardfl.gpu.classification.TorchClassificationFactory;
import org.wardfl.gpu.segmentation.Spheres;
import org.wardfl.gpu.segmentation.TorchSegmentationFactory;

/// The federated methods in the trainings of images, as the platform runs them.
class ImagingMethodsTest {

  private static final double RATE = 0.05;

  /// What is trained.
  enum Subject {
    SEGMENTATION {
      @Override
      ClientAlgoFactory factory() {
        return new TorchSegmentationFactory();
      }

      @Override
      Path write(Path folder) throws IOException {
        return Spheres.write(folder, 2, 1);
      }

      @Override
      Map<String, Object> arguments() {
        return Spheres.arguments();
      }
    },
    CLASSIFICATION {
      @Override
      ClientAlgoFactory factory() {
        return new TorchClassificationFactory();
      }

      @Override
      Path write(Path folder) throws IOException {
        return Stripes.write(folder, 8, 4);
      }

      @Override
      Map<String, Object> arguments() {
        return Stripes.arguments();
      }
    };

    abstract ClientAlgoFactory factory();

    abstract Path write(Path folder) throws IOException;

    abstract Map<String, Object> arguments();
  }

  @TempDir private Path folder;

  /// A fresh algorithm for each task.
  private TaskResult.Trained train(Subject subject, Path model, String out, Object... method)
      throws IOException {
    var result = run(subject, TaskKind.TRAIN, Optional.of(model), Optional.empty(), out, method);
    assertThat(result).isInstanceOf(TaskResult.Trained.class);
    return (TaskResult.Trained) result;
  }

  private Path initial(Subject subject, Object... method) throws IOException {
    var result =
        run(subject, TaskKind.INITIAL, Optional.empty(), Optional.empty(), "model", method);
    assertThat(result).isInstanceOf(TaskResult.Initialized.class);
    return folder.resolve("model");
  }

  private TaskResult run(
      Subject subject,
      TaskKind kind,
      Optional<Path> model,
      Optional<Path> state,
      String out,
      Object... method)
      throws IOException {
    var data = folder.resolve("data");
    if (Files.notExists(data)) {
      subject.write(data);
    }
    var arguments = new HashMap<>(subject.arguments());
    arguments.putAll(
        Map.of(
            "optimizer",
            "sgd",
            "momentum",
            0.0,
            "learning_rate",
            RATE,
            "optimizer_state",
            "reset"));
    if (method.length > 0) {
      var settings = new HashMap<String, Object>();
      for (int i = 0; i < method.length; i += 2) {
        settings.put((String) method[i], method[i + 1]);
      }
      arguments.put("method", settings);
    }
    var context =
        new AlgoContext(
            new SiteName("site-1"),
            new Arguments(arguments),
            new AlgoContext.DataBinding("images", Optional.of(data), Arguments.none()),
            folder,
            Files.createTempDirectory(folder, "scratch"),
            List.of(),
            1);
    var target = folder.resolve(out);
    try (var runner = new AlgoRunner(subject.factory().create(), context, Grace.DEFAULT)) {
      return runner.run(
          new TaskRequest(
              kind,
              1,
              3,
              7,
              kind == TaskKind.INITIAL ? "" : "site-1",
              model,
              WeightType.DIFF,
              _ -> false,
              state,
              target,
              stateOf(target),
              UpdateTransform.none(),
              (_, _) -> {}));
    }
  }

  private static Path stateOf(Path out) {
    return out.resolveSibling(out.getFileName() + ".state");
  }

  private static TensorMap load(Path file) throws Exception {
    try (var model = ModelFile.open(file)) {
      return model.load();
    }
  }

  @ParameterizedTest
  @EnumSource(Subject.class)
  void fedProxOfZeroIsFedAvgBitForBitAndOfMoreItIsNot(Subject subject) throws Exception {
    var model = initial(subject);
    var plain = train(subject, model, "plain");
    var zero = train(subject, model, "zero", "type", "fedprox", "mu", 0L);
    assertThat(zero.update()).isEqualTo(plain.update());
    var some = train(subject, model, "some", "type", "fedprox", "mu", 0.5);
    assertThat(some.update()).isNotEqualTo(plain.update());
  }

  @ParameterizedTest
  @EnumSource(Subject.class)
  void scaffoldsVariatesAreTheMeanGradientsOfTheTraining(Subject subject) throws Exception {
    var model = initial(subject, "type", "scaffold");
    var trained = train(subject, model, "first", "type", "scaffold");
    var update = load(folder.resolve("first"));
    var state = load(stateOf(folder.resolve("first")));
    double scale = -1 / (trained.summary().iterations() * RATE);
    int parameters = 0;
    for (var spec : update.specs()) {
      if (spec.role() == Role.PARAMETER) {
        parameters++;
        // At first all variates are zero: what is sent and kept is (x - y) / (K rate).
        var sent = update.tensor(ControlVariates.PREFIX + spec.name()).toFloats();
        assertThat(state.tensor(ControlVariates.PREFIX + spec.name()).toFloats())
            .containsExactly(sent);
        var change = update.tensor(spec.name()).toFloats();
        for (int i = 0; i < change.length; i++) {
          assertThat((double) sent[i])
              .as("%s %s", spec.name(), i)
              // A difference of float weights has their rounding.
              .isCloseTo(scale * change[i], within(1e-4));
        }
      }
    }
    assertThat(parameters).isGreaterThan(3);
  }

  @ParameterizedTest
  @EnumSource(Subject.class)
  void dittoKeepsAPersonalModelAndScoresBoth(Subject subject) throws Exception {
    Object[] ditto = {"type", "ditto", "lambda", 0.1};
    var model = initial(subject, ditto);
    train(subject, model, "first", ditto);
    assertThat(load(folder.resolve("first")).specs())
        .noneMatch(spec -> spec.name().startsWith("personal."));
    var state = stateOf(folder.resolve("first"));
    assertThat(load(state).specs()).anyMatch(spec -> spec.name().startsWith("personal."));
    var scored =
        run(subject, TaskKind.EVALUATE, Optional.of(model), Optional.of(state), "scores", ditto);
    assertThat(scored)
        .isInstanceOfSatisfying(
            TaskResult.Evaluated.class,
            evaluated -> {
              var names = evaluated.metrics().values().keySet();
              assertThat(names).anyMatch(name -> name.startsWith("personal."));
              for (var name : names) {
                assertThat(names.contains("personal." + name))
                    .isEqualTo(!name.startsWith("personal."));
              }
            });
  }
}
