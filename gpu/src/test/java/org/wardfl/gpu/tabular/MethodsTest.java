package org.wardfl.gpu.tabular;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.method.MethodNeed;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.algo.run.TaskResult;
import org.wardfl.algo.tensor.TensorMap;

/// What the federated methods change about a site's training, as the platform runs it.
class MethodsTest {

  @TempDir private Path folder;

  private final Map<String, Object> arguments = new HashMap<>();
  private Path data = Path.of("");

  @BeforeEach
  void makePatients() throws IOException {
    arguments.putAll(Map.of("learning_rate", 0.05, "local_epochs", 1L, "layers", List.of(4L)));
    data = Patients.write(folder.resolve("site-1.csv"), 200, 1);
  }

  @Test
  void fedProxOfZeroIsFedAvgBitForBit() throws Exception {
    var model = initial("model");
    var plain = train(1, model, Optional.empty(), "plain");
    method("type", "fedprox", "mu", 0L);
    assertThat(train(1, model, Optional.empty(), "zero").update()).isEqualTo(plain.update());
    method("type", "fedprox", "mu", 0.5);
    assertThat(train(1, model, Optional.empty(), "half").update()).isNotEqualTo(plain.update());
  }

  @Test
  void fedProxStaysNearTheReceivedModel() throws Exception {
    var model = initial("model");
    arguments.put("local_epochs", 30L);
    train(1, model, Optional.empty(), "plain");
    method("type", "fedprox", "mu", 5.0);
    train(1, model, Optional.empty(), "near");
    assertThat(norm(load("near"))).isLessThan(0.5 * norm(load("plain")));
  }

  @Test
  void scaffoldSendsWhatItAddsToTheVariatesAndKeepsItsOwn() throws Exception {
    method("type", "scaffold");
    var model = initial("model");
    var trained = train(1, model, Optional.empty(), "first");
    var update = load("first");
    var state = load("first.state");
    assertThat(update.specs())
        .extracting(spec -> spec.name())
        .contains("layers.0.weight", "scaffold.layers.0.weight");
    // At first all variates are zero: what is sent and kept is (x - y) / (K rate).
    double scale = -1 / (trained.summary().iterations() * 0.05);
    var change = update.tensor("layers.0.weight").toFloats();
    var sent = update.tensor("scaffold.layers.0.weight").toFloats();
    assertThat(state.tensor("scaffold.layers.0.weight").toFloats()).containsExactly(sent);
    for (int i = 0; i < change.length; i++) {
      assertThat((double) sent[i]).isCloseTo(scale * change[i], within(1e-4));
    }
  }

  @Test
  void scaffoldOfOneSiteIsPlainTraining() throws Exception {
    // With one site its own variate is the federation's, and they cancel out.
    var model = initial("model");
    train(1, model, Optional.empty(), "plain-1");
    var plainMiddle = add(load(model), load("plain-1"), "plain-middle");
    train(2, plainMiddle, Optional.empty(), "plain-2");
    method("type", "scaffold");
    var start = initial("start");
    train(1, start, Optional.empty(), "first");
    var middle = add(load(start), load("first"), "middle");
    train(2, middle, Optional.of(folder.resolve("first.state")), "second");
    var expected = load("plain-2").tensor("layers.0.weight").toFloats();
    var found = load("second").tensor("layers.0.weight").toFloats();
    for (int i = 0; i < expected.length; i++) {
      assertThat(found[i]).isCloseTo(expected[i], within(2e-6f));
    }
  }

  @Test
  void scaffoldRefusesAModelWithoutVariatesAndAStateOfAnotherModel() throws Exception {
    var plain = initial("plain");
    method("type", "scaffold");
    assertThat(failure(run(1, plain, Optional.empty(), "refused")))
        .startsWith("the received model has no control variate scaffold.layers.0.bias")
        .contains("ward model convert --control-variates");
    var model = initial("model");
    train(1, model, Optional.empty(), "first");
    arguments.put("layers", List.of(6L));
    var wider = initial("wider");
    assertThat(failure(run(2, wider, Optional.of(folder.resolve("first.state")), "second")))
        .isEqualTo(
            "the kept control variates are of another model: scaffold.layers.0.bias is F32[4],"
                + " expected F32[6]");
  }

  @Test
  void dittoKeepsAPersonalModelAndScoresBoth() throws Exception {
    method("type", "ditto", "lambda", 0.01);
    arguments.put("local_epochs", 10L);
    var model = initial("model");
    var first = train(1, model, Optional.empty(), "first");
    assertThat(first.received().values()).doesNotContainKey("personal.accuracy");
    assertThat(first.summary().values()).containsOnlyKeys("loss", "personal.loss");
    assertThat(load("first").specs()).noneMatch(spec -> spec.name().contains("personal"));
    assertThat(load("first.state").contains("personal.layers.0.weight")).isTrue();

    // The federation's model has not moved; the personal one has learned.
    var evaluated =
        site()
            .run(
                TaskKind.EVALUATE,
                2,
                Optional.of(model),
                Optional.of(folder.resolve("first.state")),
                (_, _) -> {},
                folder.resolve("none"));
    var scores = ((TaskResult.Evaluated) evaluated).metrics().values();
    assertThat(scores).containsKeys("auc", "personal.auc");
    assertThat(scores.get("personal.loss")).isLessThan(scores.get("loss"));

    // What the federation gets is what plain training gives.
    arguments.remove("method");
    train(1, model, Optional.empty(), "plain");
    assertThat(Files.readAllBytes(folder.resolve("first")))
        .isEqualTo(Files.readAllBytes(folder.resolve("plain")));
  }

  @Test
  void fedNovaTellsByHowMuchItsStepsAddUp() throws Exception {
    method("type", "fednova");
    arguments.put("momentum", 0.9);
    var model = initial("model");
    var trained = train(1, model, Optional.empty(), "update");
    long steps = trained.summary().iterations();
    double expected = (steps - 0.9 * (1 - Math.pow(0.9, (double) steps)) / 0.1) / 0.1;
    assertThat(trained.summary().values().get("normalizer")).isCloseTo(expected, within(1e-9));
  }

  @Test
  void fedNovaRefusesMomentumThatIsKeptOrPulledBackTooHard() {
    arguments.putAll(Map.of("momentum", 0.9, "optimizer_state", "keep"));
    method("type", "fednova");
    assertThatThrownBy(this::check)
        .hasMessage(
            "argument `method`: fednova with momentum does not go with `optimizer_state: keep`; how"
                + " steps add up is known where every task begins without momentum");
    arguments.put("optimizer_state", "reset");
    method("type", "fednova", "mu", 1.9);
    assertThatCode(this::check).doesNotThrowAnyException();
    method("type", "fednova", "mu", 2.1);
    assertThatThrownBy(this::check)
        .hasMessageContaining("learning_rate times mu below 1 - momentum");
    arguments.putAll(Map.of("momentum", 0.0, "optimizer_state", "keep"));
    assertThatCode(this::check).doesNotThrowAnyException();
  }

  @Test
  void methodsSayWhatTheyNeedOfAWorkflow() throws Exception {
    var factory = new TorchTabularFactory();
    assertThat(factory.need(new Arguments(arguments))).isEmpty();
    method("type", "fednova");
    assertThat(factory.need(new Arguments(arguments)))
        .contains(new MethodNeed("method: fednova", MethodNeed.Combining.NORMALIZED));
    method("type", "scaffold");
    assertThat(factory.need(new Arguments(arguments)))
        .contains(new MethodNeed("method: scaffold", MethodNeed.Combining.MEAN));
  }

  @Test
  void aFrozenLayerDoesNotMove() throws Exception {
    arguments.put("freeze", List.of("^layers\\.0\\."));
    train(1, initial("model"), Optional.empty(), "update");
    assertThat(load("update").tensor("layers.0.weight").toFloats()).containsOnly(0);
    assertThat(norm(load("update"))).isPositive();
    arguments.put("freeze", List.of("layers"));
    assertThat(failure(run(1, folder.resolve("model"), Optional.empty(), "none")))
        .isEqualTo("argument `freeze`: nothing is left to train");
    arguments.put("freeze", List.of("layer_0"));
    assertThat(failure(run(1, folder.resolve("model"), Optional.empty(), "none")))
        .isEqualTo("argument `freeze`: no tensor of the model matches 'layer_0'");
  }

  @Test
  void aLocalLayerNeverLeavesAndIsTakenUpAgain() throws Exception {
    arguments.put("keep_local", Map.of("include", List.of("layers"), "exclude", List.of("1")));
    var model = initial("model");
    train(1, model, Optional.empty(), "first");
    var update = load("first");
    assertThat(update.tensor("layers.0.weight").toFloats()).containsOnly(0);
    assertThat(norm(update)).isPositive();
    var state = load("first.state");
    assertThat(state.specs())
        .extracting(spec -> spec.name())
        .containsExactlyInAnyOrder("local.layers.0.weight", "local.layers.0.bias");
    // Scored with its own layer, the received model is another than without.
    var state1 = Optional.of(folder.resolve("first.state"));
    assertThat(evaluate(model, state1)).isNotEqualTo(evaluate(model, Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          type: sgd    | scaffold | momentum=0.9         | scaffold needs optimizer sgd without momentum
          type: adam   | scaffold | optimizer=adam       | scaffold needs optimizer sgd without momentum
          type: keep   | ditto    | optimizer_state=keep | ditto goes neither with
          type: adam   | fednova  | optimizer=adam       | fednova needs optimizer sgd
          type: none   | fedprox  | momentum=0.0         | argument `method.mu` is missing
          type: wrong  | fedporx  | momentum=0.0         | `method.type`: found fedporx, expected fedavg or
          """)
  void whatAMethodIsNotForIsRefusedAtOnce(String name, String type, String other, String sentence) {
    method("type", type);
    int equals = other.indexOf('=');
    var value = other.substring(equals + 1);
    arguments.put(
        other.substring(0, equals), value.matches("[0-9.]+") ? Double.valueOf(value) : value);
    assertThatThrownBy(this::check).as(name).hasMessageContaining(sentence);
  }

  private void check() throws AlgoException.Configuration {
    new TorchTabularFactory()
        .check(new Arguments(arguments), new Arguments(Map.of("label", "ill")));
  }

  private void method(Object... entries) {
    var method = new HashMap<String, Object>();
    for (int i = 0; i < entries.length; i += 2) {
      method.put((String) entries[i], entries[i + 1]);
    }
    arguments.put("method", method);
  }

  private Site site() {
    return new Site("site-1", data, arguments, Map.of("label", "ill"), folder, folder, 3);
  }

  private Path initial(String name) throws IOException {
    var model = folder.resolve(name);
    assertThat(site().run(TaskKind.INITIAL, 0, Optional.empty(), model))
        .isInstanceOf(TaskResult.Initialized.class);
    return model;
  }

  private TaskResult run(int round, Path model, Optional<Path> state, String out)
      throws IOException {
    return site()
        .run(TaskKind.TRAIN, round, Optional.of(model), state, (_, _) -> {}, folder.resolve(out));
  }

  private TaskResult.Trained train(int round, Path model, Optional<Path> state, String out)
      throws IOException {
    var result = run(round, model, state, out);
    assertThat(result).isInstanceOf(TaskResult.Trained.class);
    return (TaskResult.Trained) result;
  }

  private Map<String, Double> evaluate(Path model, Optional<Path> state) throws IOException {
    var result =
        site()
            .run(
                TaskKind.EVALUATE,
                2,
                Optional.of(model),
                state,
                (_, _) -> {},
                folder.resolve("none"));
    return ((TaskResult.Evaluated) result).metrics().values();
  }

  private static String failure(TaskResult result) {
    assertThat(result).isInstanceOf(TaskResult.Failed.class);
    return ((TaskResult.Failed) result).message();
  }

  private TensorMap load(String name) throws Exception {
    return load(folder.resolve(name));
  }

  private static TensorMap load(Path file) throws Exception {
    try (var opened = ModelFile.open(file)) {
      return opened.load();
    }
  }

  private Path add(TensorMap model, TensorMap change, String name) throws IOException {
    var file = folder.resolve(name);
    ModelWriter.write(org.wardfl.algo.tensor.Combination.sum(model, change), file);
    return file;
  }

  private static double norm(TensorMap update) {
    double sum = 0;
    for (var spec : update.specs()) {
      for (double value : update.tensor(spec.name()).toDoubles()) {
        sum += value * value;
      }
    }
    return Math.sqrt(sum);
  }
}
