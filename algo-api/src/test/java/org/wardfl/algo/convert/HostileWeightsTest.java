package org.wardfl.algo.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.algo.zip.ZipWriter;

class HostileWeightsTest {

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "cos\\nsystem\\n(X\\4\\0\\0\\0true\\x85R. | opcode GLOBAL at byte 2 names os.system",
        "cbuiltins\\neval\\n. | names builtins.eval",
        "cbuiltins\\ngetattr\\n. | names builtins.getattr",
        "(ios\\nsystem\\n. | opcode INST at byte 3",
        "ctorch\\nFloatStorage\\n)R. | opcode REDUCE at byte 23 calls torch.FloatStorage",
        "c__torch__\\nM\\n)\\x81. | names __torch__.M",
        "\\x8a\\xffaaaa | a whole number of 255 bytes",
        "X\\xff\\xff\\xff\\x7f | a text of 2147483647 bytes",
        "h\\5. | refers to value 5, which was never kept",
        "}q\\0X\\1\\0\\0\\0ah\\0s. | the value at 'a' contains itself",
        "}X\\1\\0\\0\\0aK | the pickle ends after 10 bytes in opcode BININT1",
        "R. | opcode REDUCE at byte 2 finds 0 values",
        "\\x83\\1\\0. | opcode EXT2 at byte 2",
        "\\xff. | opcode 0xff at byte 2 is no opcode"
      })
  void picklesAreReadAsDataOnly(String pickle, String why) throws Exception {
    assertRefused(torch(bytes("\\x80\\2" + pickle), new byte[0]), why);
  }

  @Test
  void referencesThatMultiplyEndTheSearch() throws Exception {
    var bomb = new StringBuilder("\\x80\\2}(X\\1\\0\\0\\0A}q\\0");
    for (int i = 1; i < 40; i++) {
      bomb.append("X\\1\\0\\0\\0" + (char) ('A' + i) + "}q\\" + Integer.toOctalString(i));
      bomb.append("X\\1\\0\\0\\0ah\\" + Integer.toOctalString(i - 1) + "s");
      bomb.append("X\\1\\0\\0\\0bh\\" + Integer.toOctalString(i - 1) + "s");
    }
    assertRefused(torch(bytes(bomb + "u."), new byte[0]), "more than 2000000 values");
  }

  @Test
  void tensorsStayInTheirStorage() throws Exception {
    var model = TensorMap.of(Tensor.floats("w", new float[] {1, 2, 3, 4}, 2, 2));
    var good = folder.resolve("good.pt");
    StateDictWriter.write(model, good);
    var pickle = text(good, "archive/data.pkl");
    assertRefused(torch(bytes(pickle), new byte[12]), "storage 0 has 12 bytes in the archive");
    // The shape's last extent.
    int at = pickle.indexOf("K\002K\002t");
    var wide = pickle.substring(0, at) + "K\002K\003t" + pickle.substring(at + 5);
    assertRefused(torch(bytes(wide), new byte[16]), "leaves its storage of 4 elements");
  }

  @Test
  void damagedAndCutOffFilesAreNamed() throws Exception {
    var good = folder.resolve("good.npz");
    NpzWriter.write(TensorMap.of(Tensor.floats("w", new float[100], 100)), good);
    var bytes = Files.readAllBytes(good);
    bytes[200] ^= 1;
    assertRefused(Files.write(folder.resolve("flipped.npz"), bytes), "entry w.npy does not have");
    bytes[200] ^= 1;
    var half = java.util.Arrays.copyOf(bytes, bytes.length / 2);
    assertRefused(Files.write(folder.resolve("half.npz"), half), "no end of a ZIP archive");
    var renamed = new String(bytes, StandardCharsets.ISO_8859_1).replace("w.npy", "../ny");
    assertRefused(
        Files.write(folder.resolve("up.npz"), renamed.getBytes(StandardCharsets.ISO_8859_1)),
        "entry '../ny' could lead out of its folder");
  }

  @Test
  void tiesSurvive() throws Exception {
    var w = Tensor.floats("w", new float[] {1, 2}, 2);
    var model = folder.resolve("a.safetensors");
    ModelWriter.write(TensorMap.builder().add(w).alias("v", "w").build(), model);
    Conversion.convert(model, "", folder.resolve("a.pt"));
    Conversion.convert(folder.resolve("a.pt"), "", folder.resolve("b.safetensors"));
    assertThat(folder.resolve("b.safetensors")).hasSameBinaryContentAs(model);
  }

  private void assertRefused(Path file, String why) {
    var target = folder.resolve("out.safetensors");
    assertThatThrownBy(() -> Conversion.convert(file, "", target))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining(why);
    assertThat(target).doesNotExist();
  }

  private Path torch(byte[] pickle, byte[] storage) throws Exception {
    var file = folder.resolve("hostile.pt");
    try (var zip = ZipWriter.open(file)) {
      zip.add("archive/data.pkl", pickle);
      zip.add("archive/data/0", storage);
      zip.add("archive/version", bytes("3\\n"));
      zip.finish();
    }
    return file;
  }

  private static String text(Path archive, String entry) throws Exception {
    try (var zip = new java.util.zip.ZipFile(archive.toFile());
        var in = zip.getInputStream(zip.getEntry(entry))) {
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  /// A text with the escapes of a Python bytes literal: octal, `\x..` and `\n`.
  private static byte[] bytes(String text) {
    var hexadecimal =
        java.util.regex.Pattern.compile("\\\\x(..)|\\\\([0-7]{1,3})|\\\\n")
            .matcher(text)
            .replaceAll(match -> {
              int code =
                  match.group(1) != null
                      ? Integer.parseInt(match.group(1), 16)
                      : match.group(2) != null ? Integer.parseInt(match.group(2), 8) : '\n';
              return java.util.regex.Matcher.quoteReplacement(String.valueOf((char) code));
            });
    return hexadecimal.getBytes(StandardCharsets.ISO_8859_1);
  }
}
