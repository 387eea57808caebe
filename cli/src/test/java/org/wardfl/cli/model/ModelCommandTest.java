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
import org.wardfl.algo.tensor.DType;
import org.wardfl.algo.tensor.Role;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.algo.tensor.TensorSpec;
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
  void diffTellsRolesAndTiesApart() throws Exception {
    var a = model("a", new float[] {3}, 7);
    var role = TensorSpec.of("w", DType.F32, 1).withRole(Role.BUFFER);
    var steps = Tensor.longs("steps", new long[] {7}, 1);
    var b = write("b", TensorMap.of(Tensor.floats(role, new float[] {3}), steps));
    assertThat(run("diff", a, b)).isEqualTo(1);
    assertThat(out.toString())
        .contains("another form: w: F32[1] parameter and F32[1] buffer")
        .contains("2 tensors with the same values");
    var w = Tensor.floats("w", new float[] {3}, 1);
    var tied = write("c", TensorMap.builder().add(w).alias("v", "w").build());
    var apart = write("d", TensorMap.of(w, Tensor.floats("v", new float[] {3}, 1)));
    assertThat(run("diff", tied, apart)).isEqualTo(1);
    assertThat(out.toString())
        .contains("another tie: v: another name of w in A, a tensor of its own in B");
    assertThat(run("diff", tied, apart, "--json")).isEqualTo(1);
    assertThat(out.toString()).containsPattern("\"ties\": \\[\\s+\\{\\s+\"name\": \"v\"");
  }

  @Test
  void veryLargeNumbersHaveNorms() throws Exception {
    var a = write("a", TensorMap.of(Tensor.doubles("w", new double[] {3e300, 4e300}, 2)));
    var b = write("b", TensorMap.of(Tensor.doubles("w", new double[] {6e300, 8e300}, 2)));
    assertThat(run("show", a)).isZero();
    assertThat(out.toString()).containsPattern("w .* 5.0000e\\+300\n");
    assertThat(run("diff", a, b)).isEqualTo(1);
    assertThat(out.toString()).containsPattern("w +2 +4.0000e\\+300 +5.0000e\\+300 +1.0000\n");
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
    return write(
        name,
        TensorMap.of(
            Tensor.floats("w", values, values.length),
            Tensor.longs("steps", new long[] {steps}, 1)));
  }

  private String write(String name, TensorMap model) throws IOException {
    var file = folder.resolve(name);
    ModelWriter.write(model, file);
    return file.toString();
  }
}
