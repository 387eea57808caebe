package org.wardfl.cli.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.cli.Commands;

class ModelCommandTest {

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void showListsTensorsWithTheirRanges() throws Exception {
    var file = model("a", new float[] {1, -2, Float.NaN}, 7);
    assertThat(run("show", file)).isZero();
    assertThat(out.toString())
        .containsPattern("w +F32 +\\[3] +parameter +-2.0000 +1.0000 +-0.50000 +2.2361 !")
        .containsPattern("steps +I64 +\\[1] +counter +7.0000")
        .contains("1 values are NaN or infinite")
        .contains("2 tensors, 4 elements (3 of parameters)")
        .contains(ModelWriter.hash(folder.resolve("a")).hex());
  }

  @Test
  void diffTellsWhereAndHowMuch() throws Exception {
    var a = model("a", new float[] {3, 4, 0}, 7);
    var b = model("b", new float[] {3, 4.5f, 0}, 7);
    assertThat(run("diff", a, b)).isEqualTo(1);
    assertThat(out.toString())
        .containsPattern("w +1 +0.50000 +0.50000 +0.10000")
        .contains("1 tensors with the same values");
    assertThat(run("diff", a, a)).isZero();
    assertThat(out.toString()).contains("the same values in all 2 tensors");
    var large = model("d", new float[] {3, 4, 0}, 1L << 53);
    assertThat(run("diff", large, model("e", new float[] {3, 4, 0}, (1L << 53) + 1))).isEqualTo(1);
    var c = model("c", new float[] {3}, 7);
    assertThat(run("diff", a, c)).isEqualTo(1);
    assertThat(out.toString()).contains("another form: w: F32[3] parameter and F32[1] parameter");
    assertThat(run("diff", a, c, "--json")).isEqualTo(1);
    assertThat(out.toString()).contains("\"same\": false").contains("\"shape\": \"[1]\"");
  }

  @Test
  void whatIsNoModelIsSaidToBeNone() throws Exception {
    var text = Files.writeString(folder.resolve("text"), "hello world").toString();
    assertThat(run("show", text)).isEqualTo(2);
    assertThat(err.toString()).contains("text is no safetensors file");
    assertThat(run("show", folder.resolve("none").toString())).isEqualTo(2);
    assertThat(err.toString()).contains("there is no file");
  }

  private int run(String... words) {
    return Commands.run(new PrintWriter(out), new PrintWriter(err), "model", words);
  }

  private String model(String name, float[] values, long steps) throws IOException {
    var file = folder.resolve(name);
    ModelWriter.write(
        TensorMap.of(
            Tensor.floats("w", values, values.length),
            Tensor.longs("steps", new long[] {steps}, 1)),
        file);
    return file.toString();
  }
}
