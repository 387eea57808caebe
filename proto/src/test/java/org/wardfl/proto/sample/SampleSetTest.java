package org.wardfl.proto.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What is read of a folder that anybody may have written into.
@Timeout(60)
class SampleSetTest {

  private static final String LIST =
      "{\"samples\": [{\"case\": 3, \"of\": 9, \"truth\": \"a\", \"predicted\": \"b\","
          + " \"probability\": 0.75}]}";

  @TempDir private Path folder;

  @BeforeEach
  void good() throws IOException {
    Files.writeString(folder.resolve("samples.json"), LIST);
    Files.write(folder.resolve("1-image.png"), png(4, 4));
  }

  @Test
  void readsWhatWasWritten() throws Exception {
    var read = SampleSet.read(folder).orElseThrow();
    assertThat(read.samples()).containsExactly(new Sample.Classified(3, 9, "a", "b", 0.75));
    assertThat(read.picture(0, "image")).isEqualTo(png(4, 4));
    var volume = new Sample.Segmented(1, 2, "z", 3, 4, Optional.empty(), List.of("brain"));
    var files = new TreeMap<String, byte[]>();
    for (var name : volume.pictures()) {
      files.put("1-" + name + ".png", png(8, 2));
    }
    new SampleSet(List.of(volume), files).write(folder);
    var again = SampleSet.read(folder).orElseThrow();
    assertThat(again.samples()).containsExactly(volume);
    assertThat(again.files().keySet())
        .containsExactly("1-image.png", "1-prediction.png", "1-truth.png");
  }

  @Test
  void aFolderWithoutAListHasNoSamples() throws Exception {
    Files.delete(folder.resolve("samples.json"));
    assertThat(SampleSet.read(folder)).isEmpty();
    assertThat(SampleSet.read(folder.resolve("absent"))).isEmpty();
  }

  @Test
  void noLinkIsFollowed() throws Exception {
    var secret = Files.write(folder.resolve("secret"), png(4, 4));
    Files.delete(folder.resolve("1-image.png"));
    Files.createSymbolicLink(folder.resolve("1-image.png"), secret);
    refuse("1-image.png: found a link or something else, expected a file");
    good(folder.resolve("other"));
    Files.createSymbolicLink(folder.resolve("link"), folder.resolve("other"));
    assertThatThrownBy(() -> SampleSet.read(folder.resolve("link")))
        .isInstanceOf(SampleException.class)
        .hasMessage("found a link, expected a folder");
    Files.move(folder.resolve("samples.json"), folder.resolve("elsewhere"));
    Files.createSymbolicLink(folder.resolve("samples.json"), folder.resolve("elsewhere"));
    refuse("samples.json: found a link or something else, expected a file");
  }

  @Test
  void aNamedPipeKeepsNobodyWaiting() throws Exception {
    Files.delete(folder.resolve("1-image.png"));
    var pipe = new ProcessBuilder("mkfifo", folder.resolve("1-image.png").toString()).start();
    assertThat(pipe.waitFor()).isZero();
    refuse("1-image.png: found a link or something else, expected a file");
  }

  @Test
  void nothingIsWrittenThroughALink() throws Exception {
    var set = SampleSet.read(folder).orElseThrow();
    var secret = Files.writeString(folder.resolve("secret"), "untouched");
    for (var name : List.of("1-image.png", "samples.json")) {
      Files.delete(folder.resolve(name));
      Files.createSymbolicLink(folder.resolve(name), secret);
    }
    set.write(folder);
    assertThat(secret).hasContent("untouched");
    assertThat(SampleSet.read(folder)).isPresent();
  }

  @Test
  void picturesAreSmallAndNothingElse() throws Exception {
    var large = "1-image.png: not a plain PNG picture of at most 512 pixels";
    refusePicture(png(513, 4), large);
    refusePicture(png(4, 100_000), large);
    refusePicture(new byte[1 << 20], "1-image.png: more than 524288 bytes");
    refusePicture(new byte[0], large);
    refusePicture("<svg onload='alert(1)'/>".getBytes(StandardCharsets.UTF_8), large);
    var behind = Arrays.copyOf(png(4, 4), png(4, 4).length + 1);
    refusePicture(behind, large);
    refusePicture(Arrays.copyOf(png(4, 4), png(4, 4).length - 1), large);
    var damaged = png(4, 4);
    damaged[20] ^= 1;
    refusePicture(damaged, large);
    refusePicture(png(4, 4, "tEXt"), large);
    refusePicture(png(4, 4, "IHDR"), large);
  }

  @Test
  void aListThatIsNoneIsRefused() throws Exception {
    refuseList("[]", "expected an object");
    refuseList("{\"samples\": []}", "expected 1 to 16 samples");
    refuseList("{\"samples\": [" + "1,".repeat(16) + "1]}", "expected 1 to 16 samples");
    refuseList("{\"samples\": [1]}", "a sample is no object");
    refuseList(LIST.replace("3", "-3"), "case: expected a whole number from 1 to 100000000");
    refuseList(LIST.replace("0.75", "7"), "expected a number from 0 to 1");
    refuseList(LIST.replace("\"a\"", "\"" + "a".repeat(41) + "\""), "at most 40 letters");
    refuseList("[".repeat(1 << 16) + "1", "samples.json: more than 65536 bytes");
    Files.write(folder.resolve("samples.json"), new byte[] {(byte) 0xff});
    refuse("samples.json: not UTF-8");
  }

  @Test
  void aPictureThatIsMissingIsNamed() throws Exception {
    Files.delete(folder.resolve("1-image.png"));
    refuse("1-image.png: there is no such file");
  }

  private static void good(Path other) throws IOException {
    Files.createDirectory(other);
    Files.writeString(other.resolve("samples.json"), LIST);
    Files.write(other.resolve("1-image.png"), png(4, 4));
  }

  private void refuseList(String list, String message) throws IOException {
    Files.writeString(folder.resolve("samples.json"), list);
    refuse(message);
  }

  private void refusePicture(byte[] content, String message) throws IOException {
    Files.write(folder.resolve("1-image.png"), content);
    refuse(message);
  }

  private void refuse(String message) {
    assertThatThrownBy(() -> SampleSet.read(folder))
        .isInstanceOf(SampleException.class)
        .hasMessageContaining(message);
  }

  private static byte[] png(int width, int height, String... further) {
    var header = ByteBuffer.allocate(13).putInt(width).putInt(height);
    header.put(new byte[] {8, 0, 0, 0, 0});
    var deflater = new Deflater();
    deflater.setInput(new byte[(width + 1) * height]);
    deflater.finish();
    var rows = new byte[1000];
    int length = deflater.deflate(rows);
    deflater.end();
    var out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
    chunk("IHDR", header.array(), out);
    for (var name : further) {
      chunk(name, header.array(), out);
    }
    chunk("IDAT", Arrays.copyOf(rows, length), out);
    chunk("IEND", new byte[0], out);
    return out.toByteArray();
  }

  private static void chunk(String name, byte[] data, ByteArrayOutputStream out) {
    var body =
        ByteBuffer.allocate(4 + data.length)
            .put(name.getBytes(StandardCharsets.US_ASCII))
            .put(data)
            .array();
    var checksum = new CRC32();
    checksum.update(body);
    out.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
    out.writeBytes(body);
    out.writeBytes(ByteBuffer.allocate(4).putInt((int) checksum.getValue()).array());
  }
}
