package org.wardfl.gpu.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.zip.ZipFile;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.ModelPayload;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.algo.tensor.Role;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.algo.tensor.TensorSource;
import org.wardfl.algo.tensor.TensorSpec;
import org.wardfl.algo.zip.ZipWriter;
import org.wardfl.gpu.torch.Torch;

/// What a script's tensors are, and what is refused.
class ScriptTest {

  @TempDir private Path folder;
  private Torch torch;

  @BeforeEach
  void open() throws Exception {
    torch = Torch.open(1, List.of());
    Torch.withoutGradients();
  }

  @AfterEach
  void close() {
    torch.close();
  }

  @Test
  void theFirstModelIsTheArchivesOwnWithItsRoles() throws Exception {
    var model = script("pictures.ts").initial(5).weights();
    assertThat(model.specs().stream().map(TensorSpec::name))
        .contains("blocks.1.running_var", "blocks.1.num_batches_tracked", "scale", "unused.bias")
        .doesNotContain("note");
    assertThat(role(model, "blocks.0.weight")).isEqualTo(Role.PARAMETER);
    assertThat(role(model, "blocks.1.running_mean")).isEqualTo(Role.BUFFER);
    assertThat(role(model, "scale")).isEqualTo(Role.BUFFER);
    assertThat(role(model, "blocks.1.num_batches_tracked")).isEqualTo(Role.COUNTER);
    assertThat(model.aliases()).hasSize(2);
  }

  private static Role role(TensorSource model, String name) {
    return model.spec(name).orElseThrow().role();
  }

  @Test
  void whatIsReadIsWhatWasReceived() throws Exception {
    var script = script("pictures.ts");
    var model = changed(script, tensor -> halved(tensor));
    try (var network = script.open(model, torch)) {
      var snapshot = network.snapshot();
      assertThat(snapshot.specs()).isEqualTo(model.weights().specs());
      assertThat(snapshot.aliases()).isEqualTo(model.weights().aliases());
      for (var spec : snapshot.specs()) {
        assertThat(snapshot.tensor(spec.name()).toDoubles())
            .isEqualTo(((TensorMap) model.weights()).tensor(spec.name()).toDoubles());
      }
    }
  }

  private static Tensor halved(Tensor tensor) {
    var spec = tensor.spec();
    if (!spec.dtype().isFloating()) {
      return Tensor.longs(spec.name(), new long[] {41});
    }
    var values = tensor.toFloats();
    for (int i = 0; i < values.length; i++) {
      values[i] /= 2;
    }
    return Tensor.floats(spec, values);
  }

  private static ModelPayload changed(Script script, UnaryOperator<Tensor> change)
      throws AlgoException {
    var first = (TensorMap) script.initial(0).weights();
    var model = TensorMap.builder();
    first.specs().forEach(spec -> model.add(change.apply(first.tensor(spec.name()))));
    first.aliases().forEach(model::alias);
    return new ModelPayload(model.build(), WeightType.FULL);
  }

  @Test
  void tiedTensorsAreLearnedOnce() throws Exception {
    var script = script("pictures.ts");
    try (var network = script.open(script.initial(0), torch)) {
      assertThat(network.parameters().keySet())
          .contains("head.weight", "unused.weight")
          .doesNotContain("again.weight", "scale", "blocks.1.running_mean")
          .hasSize(10);
      assertThat(network.names()).contains("head.weight", "again.weight", "scale");
    }
  }

  @Test
  void aModelMayHaveTiedTensorsTwiceIfTheyAreEqual() throws Exception {
    var script = script("pictures.ts");
    var first = (TensorMap) script.initial(0).weights();
    var apart = TensorMap.builder();
    first.specs().forEach(spec -> apart.add(first.tensor(spec.name())));
    first.aliases().forEach((alias, name) -> apart.add(first.tensor(name).named(alias)));
    var model = apart.build();
    try (var network = script.open(full(model), torch)) {
      assertThat(network.parameters()).hasSize(10);
      assertThat(network.snapshot().specs()).isEqualTo(model.specs());
      assertThat(network.snapshot().tensor("again.weight").toFloats())
          .isEqualTo(first.tensor("head.weight").toFloats());
    }
    var differing = TensorMap.builder();
    for (var spec : model.specs()) {
      var tensor = model.tensor(spec.name());
      differing.add(spec.name().equals("again.bias") ? halved(tensor) : tensor);
    }
    refused(
        script,
        differing.build(),
        "tensors head.bias and again.bias of the received model differ, expected equal values: the"
            + " script has them as one tensor");
  }

  private static ModelPayload full(TensorMap model) {
    return new ModelPayload(model, WeightType.FULL);
  }

  @Test
  void modelsOfOtherNetworksAreRefused() throws Exception {
    var script = script("pictures.ts");
    var first = (TensorMap) script.initial(0).weights();
    refused(
        script,
        TensorMap.of(Tensor.floats("w", new float[] {1}, 1)),
        "the received model has a tensor w, which is neither a parameter nor a buffer of the"
            + " script");
    refused(
        script,
        TensorMap.of(Tensor.floats("scale", new float[] {1, 2}, 2)),
        "tensor scale: F32[2], expected F32[1]");
    refused(script, TensorMap.of(first.tensor("scale")), " is not in the received model");
    var tied = TensorMap.builder();
    first.specs().stream()
        .filter(spec -> !spec.name().equals("blocks.1.bias"))
        .forEach(spec -> tied.add(first.tensor(spec.name())));
    first.aliases().forEach(tied::alias);
    refused(
        script,
        tied.alias("blocks.1.bias", "blocks.1.weight").build(),
        "tensors blocks.1.bias and blocks.1.weight are one tensor in the received model and two in"
            + " the script");
    var infinite =
        changed(
            script,
            tensor ->
                tensor.spec().name().equals("scale")
                    ? Tensor.floats(tensor.spec(), new float[] {Float.POSITIVE_INFINITY})
                    : tensor);
    assertThatThrownBy(() -> script.open(infinite, torch))
        .isInstanceOf(AlgoException.NonFinite.class)
        .hasMessage("tensor scale of the received model holds Infinity, expected finite numbers");
  }

  private void refused(Script script, TensorMap model, String why) {
    assertThatThrownBy(() -> script.open(full(model), torch))
        .isInstanceOf(AlgoException.InvalidModel.class)
        .hasMessageContaining(why);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "traced.ts | it was traced (torch.jit.trace), so its layers do in training what they did"
            + " while an example ran through them; expected torch.jit.script(network)",
        "frozen.ts | it has no parameter to train; torch.jit.freeze makes constants of them",
        "half.ts | is F16, expected F32",
        "scattered.ts | tensor weight does not lie row by row in memory; call .contiguous() on it"
      })
  void archivesThatCannotBeTrainedAreRefusedBeforeTheyRun(String name, String why)
      throws Exception {
    var file = Scripts.copy(folder, name);
    assertThatThrownBy(() -> Script.check(file))
        .isInstanceOf(AlgoException.Configuration.class)
        .hasMessageStartingWith("argument `network`: " + name + ": ")
        .hasMessageContaining(why);
  }

  @Test
  void filesThatAreNoScriptsAreRefused() throws Exception {
    var good = Files.readAllBytes(Scripts.copy(folder, "pictures.ts"));
    assertThatThrownBy(() -> Script.check(folder.resolve("none.ts")))
        .hasMessage("argument `network`: there is no file none.ts in the job folder");
    check("text.ts", "def forward(x)".getBytes(StandardCharsets.UTF_8))
        .hasMessageContaining("it is neither a ZIP archive (.pt, .npz) nor a safetensors file");
    check("half.ts", Arrays.copyOf(good, good.length / 2))
        .hasMessageContaining("half.ts: no end of a ZIP archive");
    var flipped = good.clone();
    // The number 1.5.
    var scale = new String(new byte[] {0, 0, (byte) 0xc0, 0x3f}, StandardCharsets.ISO_8859_1);
    flipped[new String(good, StandardCharsets.ISO_8859_1).indexOf(scale)] ^= 1;
    check("flipped.ts", flipped).hasMessageContaining("does not have the checksum");
    var model = folder.resolve("model.safetensors");
    ModelWriter.write(script("pictures.ts").initial(0).weights(), model);
    assertThatThrownBy(() -> Script.check(model))
        .hasMessage(
            "argument `network`: model.safetensors: a safetensors file has weights but no network;"
                + " expected what torch.jit.script(network).save(FILE) writes");
  }

  private AbstractThrowableAssert<?, ?> check(String name, byte[] content) throws Exception {
    var file = Files.write(folder.resolve(name), content);
    return assertThatThrownBy(() -> Script.check(file))
        .isInstanceOf(AlgoException.Configuration.class)
        .hasMessageStartingWith("argument `network`: " + name + ": ");
  }

  @Test
  void memoryThatIsSharedInPartIsRefused() throws Exception {
    var script = script("partly.ts");
    assertThatThrownBy(() -> script.open(script.initial(0), torch))
        .isInstanceOf(AlgoException.Configuration.class)
        .hasMessageContaining(
            " shares a part of its memory with another tensor of the script; call .clone() on it"
                + " before torch.jit.script");
  }

  @Test
  void codeThatLibtorchDoesNotKnowIsRefusedInItsWords() throws Exception {
    var file = folder.resolve("unknown.ts");
    try (var from = new ZipFile(Scripts.copy(folder, "pictures.ts").toFile());
        var to = ZipWriter.open(file)) {
      for (var entry : from.stream().toList()) {
        var content = from.getInputStream(entry).readAllBytes();
        var code = new String(content, StandardCharsets.UTF_8);
        to.add(
            entry.getName(),
            entry.getName().endsWith(".py")
                ? code.replace("torch.linear(", "torch.curved(").getBytes(StandardCharsets.UTF_8)
                : content);
      }
      to.finish();
    }
    var script = new Script(file, scratch(), new Predictions(2, false));
    assertThatThrownBy(() -> script.open(script.initial(0), torch))
        .isInstanceOf(AlgoException.Configuration.class)
        .hasMessageStartingWith("argument `network`: libtorch does not load the script: ")
        .hasMessageContaining("aten::curved")
        .message()
        .doesNotContain(folder.toString());
  }

  @Test
  void aScriptWithoutGradientsIsRefused() throws Exception {
    var script = script("still.ts");
    assertThatThrownBy(() -> script.open(script.initial(0), torch))
        .isInstanceOf(AlgoException.Configuration.class)
        .hasMessageContaining("no parameter of the script requires a gradient");
  }

  @Test
  void otherPredictionsThanWantedAreRefusedWithTheirShape() throws Exception {
    forward(
        script("pair.ts"),
        new long[] {3, 1, 8, 8},
        "argument `network`: for a batch of shape (3, 1, 8, 8) the script gives float32 (3, 2) and"
            + " float32 (3, 2), expected one float32 tensor (3, 2)");
    var dense =
        new Script(Scripts.copy(folder, "pictures.ts"), scratch(), new Predictions(2, true));
    forward(
        dense,
        new long[] {3, 1, 8, 8},
        "for a batch of shape (3, 1, 8, 8) the script gives float32 (3, 2), expected one float32"
            + " tensor (3, 2, 8, 8)");
    forward(
        script("pictures.ts"),
        new long[] {3, 2, 8, 8},
        "the script fails on a batch of shape (3, 2, 8, 8); the reason is in the site's log");
  }

  private void forward(Script script, long[] shape, String why) throws Exception {
    long size = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    try (var network = script.open(script.initial(0), torch);
        var batch = torch.array(new float[(int) size], shape)) {
      assertThatThrownBy(() -> network.forward(batch, true))
          .isInstanceOf(AlgoException.class)
          .hasMessageContaining(why);
    }
  }

  @Test
  void onlyTrainingChangesStatisticsAndDropsValues() throws Exception {
    var script = script("dropout.ts");
    try (var network = script.open(script.initial(0), torch);
        var batch = torch.array(ramp(4 * 64), 4, 1, 8, 8)) {
      var before = network.snapshot();
      var first = network.forward(batch, false).toFloatArray();
      assertThat(network.forward(batch, false).toFloatArray()).isEqualTo(first);
      assertThat(network.snapshot().tensor("blocks.1.running_mean").toFloats())
          .isEqualTo(before.tensor("blocks.1.running_mean").toFloats());
      torch.seed(1);
      var dropped = network.forward(batch, true).toFloatArray();
      assertThat(network.forward(batch, true).toFloatArray()).isNotEqualTo(dropped);
      torch.seed(1);
      assertThat(network.forward(batch, true).toFloatArray()).isEqualTo(dropped);
      assertThat(network.snapshot().tensor("blocks.1.num_batches_tracked").toLongs())
          .containsExactly(3);
      assertThat(network.snapshot().tensor("blocks.1.running_mean").toFloats())
          .isNotEqualTo(before.tensor("blocks.1.running_mean").toFloats());
    }
  }

  private static float[] ramp(int count) {
    var values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = i % 17 / 17f;
    }
    return values;
  }

  private Script script(String name) throws Exception {
    return new Script(Scripts.copy(folder, name), scratch(), new Predictions(2, false));
  }

  private Path scratch() throws Exception {
    return Files.createTempDirectory(folder, "scratch");
  }
}
