package org.wardfl.algo.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.tensor.DType;
import org.wardfl.algo.tensor.Role;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.algo.zip.ZipArchive;
import org.wardfl.algo.zip.ZipLimits;
import org.wardfl.algo.zip.ZipWriter;

class ScriptCodeTest {

  private static final String NORM =
      """
      class Norm(Module):
        __parameters__ = ["weight", "bias", ]
        __buffers__ = ["running_mean", "steps", ]
        weight : Tensor
        plain : Tensor
        def forward(self: __torch__.nets.Norm,
          x: Tensor) -> Tensor:
          return x
      """;
  private static final String OLD =
      """
      class Old(Module):
        __parameters__ = ["weight", ]
        weight : Tensor
      class Pair(NamedTuple):
        first : Tensor
      """;

  @TempDir private Path folder;

  @Test
  void modulesSayWhatTheirTensorsAre() throws Exception {
    var code = code("nets.py", NORM);
    var norm = new Pickled.Global("__torch__.nets", "Norm");
    assertThat(code.declares(norm)).isTrue();
    assertThat(code.role(norm, "bias", DType.F32)).contains(Role.PARAMETER);
    assertThat(code.role(norm, "running_mean", DType.F32)).contains(Role.BUFFER);
    assertThat(code.role(norm, "steps", DType.I64)).contains(Role.COUNTER);
    assertThat(code.role(norm, "plain", DType.F32)).isEmpty();
    assertThat(code.undeclared()).isEmpty();
  }

  @Test
  void anOldClassIsNotTakenForOneWithoutBuffers() throws Exception {
    var code = code("nets/old.py", OLD);
    assertThat(code.declares(new Pickled.Global("__torch__.nets.old", "Old"))).isFalse();
    assertThat(code.undeclared()).containsExactly("__torch__.nets.old.Old");
  }

  @Test
  void exposedBuffersAreParametersAndNothingElseChanges() {
    assertThat(ScriptCode.withBuffersAsParameters(NORM))
        .isEqualTo(
            NORM.replace("\"bias\", ]", "\"bias\", \"running_mean\", \"steps\", ]")
                .replace("__buffers__ = [\"running_mean\", \"steps\", ]", "__buffers__ = []"));
    assertThat(ScriptCode.withBuffersAsParameters(OLD)).isEqualTo(OLD);
  }

  @Test
  void onlyArchivesWithANetworkAreNetworks() throws Exception {
    var state = folder.resolve("state.pt");
    StateDictWriter.write(TensorMap.of(Tensor.floats("w", new float[] {1}, 1)), state);
    assertThatThrownBy(() -> ScriptArchive.weights(state))
        .isInstanceOf(WeightsException.class)
        .hasMessage(
            "state.pt: a PyTorch state dict has weights but no network; expected what"
                + " torch.jit.script(network).save(FILE) writes");
  }

  private ScriptCode code(String name, String text) throws Exception {
    var file = folder.resolve("code.zip");
    try (var zip = ZipWriter.open(file)) {
      zip.add("net/code/__torch__/" + name, text.getBytes(StandardCharsets.UTF_8));
      zip.finish();
    }
    try (var archive = ZipArchive.open(file, ZipLimits.WEIGHTS)) {
      return ScriptCode.of(archive, "net");
    }
  }
}
