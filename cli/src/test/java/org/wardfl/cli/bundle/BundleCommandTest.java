package org.wardfl.cli.bundle;

import static org.assertj.core.api.Assertions.assertThat;

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

class BundleCommandTest {

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void showSaysWhatIsMissing() throws Exception {
    Files.writeString(folder.resolve("LICENSE"), "ours");
    assertThat(run("bundle", "show", folder.toString())).isEqualTo(2);
    assertThat(out.toString())
        .contains("ERROR     configs/metadata.json: there is no file configs/metadata.json")
        .contains("verdict   cannot be used");
    assertThat(run("bundle", "show", "--json", folder.toString())).isEqualTo(2);
    assertThat(out.toString()).contains("\"usable\": false").contains("\"trainable\": false");
    assertThat(run("bundle", "show", folder.resolve("none").toString())).isEqualTo(2);
    assertThat(err.toString()).contains("expected a bundle's folder or ZIP file");
  }

  @Test
  void convertAnswersAndRefuses() throws Exception {
    var model = folder.resolve("a.safetensors");
    ModelWriter.write(TensorMap.of(Tensor.floats("w", new float[] {1, 2}, 2)), model);
    var state = folder.resolve("a.pt");
    assertThat(run("model", "convert", model.toString(), state.toString())).isZero();
    assertThat(out.toString()).contains("a.pt: PyTorch state dict").contains("1 tensors");
    assertThat(run("model", "convert", model.toString(), state.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("a.pt exists; choose another name or replace it");
    var back = folder.resolve("b.safetensors").toString();
    assertThat(run("model", "convert", "--json", state.toString(), back)).isZero();
    assertThat(out.toString()).contains(ModelWriter.hash(model).hex());
    assertThat(run("model", "convert", state.toString(), folder.resolve("c.ts").toString()))
        .isEqualTo(2);
    assertThat(err.toString()).contains("c.ts: expected a name that ends with .safetensors");
    Files.writeString(state, "hello world, this is no model");
    assertThat(run("model", "convert", "--force", state.toString(), back)).isEqualTo(2);
    assertThat(err.toString())
        .contains("a.pt: header of ")
        .contains("it is neither a ZIP archive (.pt, .npz) nor a safetensors file");
    assertThat(Path.of(back)).hasSameBinaryContentAs(model);
  }

  private int run(String command, String... words) {
    return Commands.run(new PrintWriter(out), new PrintWriter(err), command, words);
  }
}
