package org.wardfl.proto.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardfl.algo.Arguments;

class AlgorithmDefinitionTest {

  @Test
  void aNetworkInTorchScriptIsCodeThatTheJobBrings() {
    var script = training(Map.of("type", "script", "file", "nets/unet.ts"));
    assertThat(script.bringsCode()).isTrue();
    assertThat(script.torchScript()).contains("nets/unet.ts");
    assertThat(script.listedName()).isEqualTo("torch-segmentation");
    var own = training(Map.of("type", "unet"));
    assertThat(own.bringsCode()).isFalse();
    assertThat(own.torchScript()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/etc/passwd", "../net.ts", "a/../net.ts", "a//b", ".hidden"})
  void theScriptLiesInTheJobFolder(String file) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> training(Map.of("type", "script", "file", file)))
        .withMessage(
            "algorithm.args.network.file: found "
                + file
                + ", expected a TorchScript archive of the job folder, such as network.ts");
  }

  @Test
  void aScriptWithoutAFileIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> training(Map.of("type", "script")))
        .withMessageContaining("algorithm.args.network.file: found nothing, expected");
  }

  @Test
  void whatAClassInPythonCallsAScriptIsItsOwnAffair() {
    var installed =
        new AlgorithmDefinition(
            AlgorithmDefinition.PYTHON,
            Optional.empty(),
            Optional.of("my.algos:Mine"),
            new Arguments(Map.of("network", Map.of("type", "script"))));
    assertThat(installed.torchScript()).isEmpty();
    assertThat(installed.bringsCode()).isFalse();
  }

  private static AlgorithmDefinition training(Map<String, Object> network) {
    return new AlgorithmDefinition(
        "torch-segmentation",
        Optional.empty(),
        Optional.empty(),
        new Arguments(Map.of("network", network)));
  }
}
