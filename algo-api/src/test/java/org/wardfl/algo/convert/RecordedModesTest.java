package org.wardfl.algo.convert;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordedModesTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "    _0 = torch.dropout(input, 0.10000000000000001, False)",
        "    return torch.dropout_(torch.relu(torch.add(x, [1, 2])), 0.5, True)",
        "    x = torch.feature_alpha_dropout(x, 0.5, True)",
        "    _0 = torch.batch_norm(torch.relu(x), w, b, m, v, False, 0.1, 1.0e-05, True)",
        "    x = torch.max_pool2d(torch._convolution(x, w, None, [1, 1], [1, 1]), [2, 2])",
        "    a = \"(\\\"(\"\n    _0 = torch.dropout(input, 0.1, False)",
      })
  void aModeThatIsAConstantWasTraced(String code) {
    assertThat(RecordedModes.in(code)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "    _5 = torch.dropout(input, p, training)",
        "    _1 = _0(input, 0.10000000000000001, True, False, )",
        "    _2 = torch.batch_norm(input, weight, bias, m, v, training, momentum, eps, True)",
        "    _3 = torch.conv2d(input, weight, bias, [1, 1], [1, 1], [1, 1], 1, True)",
        "    ops.prim.RaiseException(\"torch.dropout(x, 0.1, False)\", \"ValueError\")",
        "    x = own.torch.dropout(input, 0.1, False)",
        "    x = torch.mydropout(input, 0.1, False)",
        ")]},,(",
      })
  void whatAsksTheModuleWasNot(String code) {
    assertThat(RecordedModes.in(code)).isFalse();
  }

  @Test
  @Timeout(20)
  void noCodeTakesLong() {
    assertThat(RecordedModes.in("torch.dropout(".repeat(1 << 19))).isFalse();
    assertThat(RecordedModes.in("torch.batch_norm(" + ", Tru,".repeat(1 << 20))).isFalse();
    assertThat(RecordedModes.in("torch.dropout(a,b,".repeat(1 << 19) + ")".repeat(1 << 19)))
        .isFalse();
    assertThat(RecordedModes.in("a".repeat(1 << 22) + "(")).isFalse();
    assertThat(RecordedModes.in("\"" + "\\".repeat(1 << 22))).isFalse();
  }
}
