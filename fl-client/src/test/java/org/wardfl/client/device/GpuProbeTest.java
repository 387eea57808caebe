package org.wardfl.client.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class GpuProbeTest {

  @Test
  void whatTheProcessPrintsIsRead() {
    assertThat(GpuProbe.read("0\tGPU-1\t16\tStub T4\nnoise\n1\tGPU-2\tx\ty\n"))
        .containsExactly(new GpuProbe.Gpu(0, "GPU-1", 16, "Stub T4"));
  }

  @Test
  void withoutTheModuleThereAreNone() throws Exception {
    var java = Path.of(System.getProperty("java.home"), "bin", "java");
    assertThat(GpuProbe.find(java, "/nowhere")).isEmpty();
  }
}
