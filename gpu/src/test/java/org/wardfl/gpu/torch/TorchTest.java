package org.wardfl.gpu.torch;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

class TorchTest {

  @Test
  void whatIsDrawnDependsOnTheSeedAlone() throws Exception {
    try (var torch = Torch.open(1, List.of())) {
      torch.seed(1);
      var first = draw(torch);
      var next = draw(torch);
      torch.seed(1);
      assertThat(draw(torch)).containsExactly(first);
      torch.seed(2);
      assertThat(draw(torch)).isNotEqualTo(first).isNotEqualTo(next);
    }
  }

  @Test
  void arraysLieInMemoryOfTorchsOwn() throws Exception {
    // Torch aligns what it allocates to 64 bytes; a buffer of Java's, which torch would borrow and
    // Java may take back, lies anywhere: one in four at best passes.
    try (var torch = Torch.open(1, List.of())) {
      for (int size = 1; size <= 64; size++) {
        var array = torch.array(new float[size], size);
        var address = MemorySegment.ofBuffer(array.toByteBuffer(true)).address();
        assertThat(address % 64).as("offset of an array of %s numbers", size).isZero();
      }
    }
  }

  @Test
  void anAbsentDeviceIsExplained() {
    assertThat(Torch.absent(1, true, 1))
        .isEqualTo(
            "CUDA device 1 is not there: torch sees 1 devices; it counts them with the CUDA runtime"
                + " library libcudart, which must be on the linker's path or on jna.library.path");
    assertThat(Torch.absent(0, false, 0))
        .isEqualTo(
            "CUDA device 0 is not there: torch's libraries here are built for the CPU; expected"
                + " those for CUDA 12.4");
  }

  private static float[] draw(Torch torch) {
    try (var array = torch.manager().randomNormal(new Shape(4))) {
      return array.toFloatArray();
    }
  }
}
