package org.wardfl.gpu.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.wardfl.gpu.torch.Torch;

/// The network's tensors, and what it makes of a batch.
class UNetTest {

  private static UNet small() {
    return new UNet(3, 1, 2, List.of(8, 16, 32), List.of(2, 2), 1);
  }

  @Test
  void hasTheTensorsOfMonai() {
    var parameters = small().parameters();
    assertThat(parameters.stream().mapToLong(Architecture.Parameter::size).sum()).isEqualTo(34_886);
    assertThat(parameters.stream().map(parameter -> parameter.name() + parameter.extents()))
        .contains(
            "model.0.conv.unit0.conv.weight[8, 1, 3, 3, 3]",
            "model.0.conv.unit0.adn.A.weight[1]",
            "model.0.residual.weight[8, 1, 3, 3, 3]",
            "model.1.submodule.0.conv.unit0.conv.bias[16]",
            "model.1.submodule.1.submodule.residual.weight[32, 16, 1, 1, 1]",
            "model.1.submodule.2.0.conv.weight[48, 8, 3, 3, 3]",
            "model.1.submodule.2.1.conv.unit0.adn.A.weight[1]",
            "model.2.0.conv.weight[16, 2, 3, 3, 3]",
            "model.2.0.adn.A.weight[1]",
            "model.2.1.conv.unit0.conv.weight[2, 2, 3, 3, 3]")
        .doesNotContain("model.2.1.conv.unit0.adn.A.weight[1]")
        .doesNotHaveDuplicates()
        .hasSize(26);
  }

  @Test
  void keepsTheExtentsInTwoAndThreeDimensions() throws Exception {
    try (var torch = Torch.open(1, List.of())) {
      Torch.withoutGradients();
      var volumes = small();
      try (var weights = new Weights(volumes, Weights.initial(volumes, 1), torch)) {
        var logits =
            volumes.forward(weights, torch.array(new float[2 * 8 * 12 * 4], 2, 1, 8, 12, 4));
        assertThat(logits.getShape().getShape()).containsExactly(2, 2, 8, 12, 4);
      }
      var pictures = new UNet(2, 3, 4, List.of(4, 8), List.of(2), 0);
      try (var weights = new Weights(pictures, Weights.initial(pictures, 1), torch)) {
        var logits = pictures.forward(weights, torch.array(new float[3 * 8 * 6], 1, 3, 8, 6));
        assertThat(logits.getShape().getShape()).containsExactly(1, 4, 8, 6);
      }
    }
  }

  @Test
  void levelsAndStridesMustFit() {
    assertThatThrownBy(() -> new UNet(3, 1, 2, List.of(8, 16), List.of(2, 2), 1))
        .hasMessage(
            "2 levels and 2 strides, expected at least two levels and a stride between each two");
    assertThatThrownBy(() -> new UNet(4, 1, 2, List.of(8, 16), List.of(2), 1))
        .hasMessage("4 dimensions, expected 2 or 3");
  }
}
