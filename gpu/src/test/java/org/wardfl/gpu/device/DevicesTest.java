package org.wardfl.gpu.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Against a driver made for the test: no machine with a real device was at hand.
class DevicesTest {

  @TempDir private Path folder;

  @Test
  void theDriversDevicesAreFound() throws Exception {
    var gcc = Path.of("/usr/bin/gcc");
    assumeTrue(Files.isExecutable(gcc), "there is no gcc to make a driver with");
    var source = folder.resolve("stub.c");
    try (var text = DevicesTest.class.getResourceAsStream("stub.c")) {
      Files.copy(Objects.requireNonNull(text), source);
    }
    run(
        List.of(
            gcc.toString(),
            "-shared",
            "-fPIC",
            "-Wl,-soname,libcuda.so.1",
            "-o",
            folder.resolve("libcuda.so.1").toString(),
            source.toString()),
        "");
    assertThat(run(devices(), folder.toString()).lines())
        .containsExactly(
            "0\tGPU-00010203-0405-0607-0809-0a0b0c0d0e0f\t42949672960\tStub A100",
            "1\tGPU-10111213-1415-1617-1819-1a1b1c1d1e1f\t16106127360\tStub T4");
  }

  @Test
  void withoutADriverThereAreNone() throws Exception {
    Files.writeString(folder.resolve("libcuda.so.1"), "no library");
    assertThat(run(devices(), folder.toString())).isEmpty();
  }

  private List<String> devices() {
    var words =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + folder));
    words.addAll(
        List.of(
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            DevicesMain.class.getName()));
    return words;
  }

  /// What a process prints that must end well.
  private static String run(List<String> words, String libraries)
      throws IOException, InterruptedException {
    var builder = new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("LD_LIBRARY_PATH", libraries);
    var process = builder.start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    return said;
  }
}
