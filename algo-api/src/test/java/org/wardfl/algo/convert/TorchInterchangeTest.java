package org.wardfl.algo.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Files that PyTorch and NumPy wrote, and ours that PyTorch opens.
class TorchInterchangeTest {

  private static final String PYTHON = "/usr/bin/python3";

  @TempDir private static Path folder;

  @BeforeAll
  static void write() throws Exception {
    assumeTrue(
        Files.isExecutable(Path.of(PYTHON)) && run("-c", "import torch, numpy").isEmpty(),
        "no " + PYTHON + " with torch and numpy (Debian: python3-torch, python3-numpy)");
    run(script("torch_files.py"), folder.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "plain.pt, plain",
    "module.pt, module",
    "checkpoint.pt, checkpoint",
    "p4.pt, p4",
    "script.ts, script",
    "stored.npz, stored",
    "compressed.npz, compressed"
  })
  void everyBitSurvivesAndTorchOpensWhatIsWritten(String file, String expected) throws Exception {
    var model = folder.resolve(expected + ".safetensors");
    Conversion.convert(folder.resolve(file), "", model);
    var back = folder.resolve(expected + "-back.pt");
    Conversion.convert(model, "", back);
    assertThat(run(script("torch_check.py"), back.toString()))
        .containsExactlyInAnyOrderElementsOf(Files.readAllLines(folder.resolve(expected + ".txt")));
    var again = folder.resolve(expected + "-again.safetensors");
    Conversion.convert(back, "", again);
    assertThat(again).hasSameBinaryContentAs(model);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "two.pt | which state dict is meant? there are 'a', 'b'; choose one by --key",
        "legacy.pt | before 1.6",
        "wholemodule.pt | opcode GLOBAL at byte 2 names torch.nn.modules.container.Sequential",
        "complex.pt | torch.ComplexFloatStorage",
        "tensor.pt | no state dict in the file",
        "objects.npz | array bad is of type '|O' (Python objects, kept as a pickle, which is never run)"
      })
  void whatIsNoStateDictIsRefusedByName(String file, String why) {
    var target = folder.resolve("refused.safetensors");
    assertThatThrownBy(() -> Conversion.convert(folder.resolve(file), "", target))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining(file + ": ")
        .hasMessageContaining(why);
    assertThat(target).doesNotExist();
    assertThat(folder.resolve("refused.safetensors.part")).doesNotExist();
  }

  @Test
  void theKeyChoosesAmongStateDicts() throws Exception {
    var one = Conversion.convert(folder.resolve("two.pt"), "b", folder.resolve("b.npz"));
    assertThat(one.key()).isEqualTo("b");
    assertThat(one.tensors()).isEqualTo(9);
  }

  private static String script(String name) throws IOException {
    var copy = folder.resolve(name);
    try (InputStream in =
        Objects.requireNonNull(TorchInterchangeTest.class.getResourceAsStream(name))) {
      Files.write(copy, in.readAllBytes());
    }
    return copy.toString();
  }

  private static List<String> run(String... words) throws Exception {
    var command = new java.util.ArrayList<>(List.of(PYTHON));
    command.addAll(List.of(words));
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (var lines = process.inputReader()) {
      var all = lines.lines().toList();
      return process.waitFor() == 0 ? all : List.of("failed: " + all);
    }
  }
}
