package org.wardfl.algo.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.wardfl.algo.tensor.DType;
import org.wardfl.algo.tensor.Role;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.algo.tensor.TensorSpec;

class ModelFileTest {

  @TempDir private Path folder;

  @Test
  void tensorsComeBackWithRolesAndAliases() throws Exception {
    var file = folder.resolve("m.safetensors");
    ModelWriter.write(sample(), file);
    try (var model = ModelFile.open(file)) {
      assertThat(model.specs().stream().map(TensorSpec::name))
          .containsExactly("bn.num_batches_tracked", "bn.running_mean", "conv.weight");
      var loaded = model.load();
      assertThat(loaded.tensor("conv.weight").toFloats()).containsExactly(1, 2, 3, 4);
      assertThat(loaded.tensor("shared.weight").toFloats()).containsExactly(1, 2, 3, 4);
      assertThat(loaded.tensor("bn.running_mean").spec().role()).isEqualTo(Role.BUFFER);
      assertThat(loaded.tensor("bn.num_batches_tracked").toLongs()).containsExactly(7);
      try (var arena = Arena.ofConfined()) {
        assertThat(model.map(arena).tensor("conv.weight").toFloats()).containsExactly(1, 2, 3, 4);
      }
    }
  }

  @Test
  void equalWeightsAreEqualBytesInAnyOrder() throws Exception {
    var one = Tensor.floats("a", new float[] {1}, 1);
    var two = Tensor.doubles("z", new double[] {2}, 1);
    var three = Tensor.longs("b", new long[] {3}, 1);
    var first = ModelWriter.write(TensorMap.of(one, two, three), folder.resolve("1"));
    var second = ModelWriter.write(TensorMap.of(three, one, two), folder.resolve("2"));
    assertThat(second).isEqualTo(first);
    assertThat(ModelWriter.hash(folder.resolve("1"))).isEqualTo(first);
  }

  @Test
  void dataIsAlignedAndTheHeaderHasNoWhiteSpaceInside() throws Exception {
    var file = folder.resolve("m.safetensors");
    ModelWriter.write(sample(), file);
    var bytes = Files.readAllBytes(file);
    long header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    assertThat((header + 8) % 64).isZero();
    var json = new String(bytes, 8, (int) header, StandardCharsets.UTF_8);
    assertThat(json.stripTrailing())
        .startsWith("{\"__metadata__\":{\"ward.aliases\":")
        .doesNotContainAnyWhitespaces();
  }

  @Test
  void anEmptyTensorAndAScalarAreKept() throws Exception {
    var file = folder.resolve("m");
    ModelWriter.write(
        TensorMap.of(
            Tensor.floats("empty", new float[0], 0, 3), Tensor.floats("scalar", new float[] {5})),
        file);
    try (var model = ModelFile.open(file)) {
      assertThat(model.load().tensor("empty").spec().shape().extents()).containsExactly(0L, 3L);
      assertThat(model.load().tensor("scalar").toFloats()).containsExactly(5);
    }
  }

  @Test
  void aForeignFileWithSpacesAndOtherOrderIsRead() throws Exception {
    var file =
        write(
            """
            { "b" : { "dtype":"F32", "shape":[1], "data_offsets":[4, 8] },
              "__metadata__": {"format":"pt"},
              "a\\u0062": {"shape":[], "data_offsets":[0,4], "dtype":"F32"} }\
            """,
            8);
    try (var model = ModelFile.open(file)) {
      assertThat(model.specs().stream().map(TensorSpec::name)).containsExactly("ab", "b");
      assertThat(model.metadata()).containsEntry("format", "pt");
    }
  }

  @Test
  void pythonReadsWhatWeWrite() throws Exception {
    var file = folder.resolve("m.safetensors");
    ModelWriter.write(sample(), file);
    var script =
        """
        import json, struct, sys
        raw = open(sys.argv[1], 'rb').read()
        n = struct.unpack('<Q', raw[:8])[0]
        header = json.loads(raw[8:8+n])
        at = 0
        for name, t in sorted(((k, v) for k, v in header.items() if k != '__metadata__'), key=lambda kv: kv[1]['data_offsets']):
            assert t['data_offsets'][0] == at, name
            at = t['data_offsets'][1]
        assert 8 + n + at == len(raw)
        b, e = header['conv.weight']['data_offsets']
        print(struct.unpack('<4f', raw[8+n+b:8+n+e]))
        """;
    var process =
        new ProcessBuilder("python3", "-c", script, file.toString())
            .redirectErrorStream(true)
            .start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output).contains("(1.0, 2.0, 3.0, 4.0)");
  }

  @Test
  void aTensorBeyondTwoGibibytesIsReadByPosition() throws Exception {
    long count = (3L << 30) / 4;
    var file = folder.resolve("big");
    var json =
        "{\"w\":{\"dtype\":\"F32\",\"shape\":["
            + count
            + "],\"data_offsets\":[0,"
            + 4 * count
            + "]}}";
    try (var raw = new RandomAccessFile(file.toFile(), "rw")) {
      raw.write(
          ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length()).array());
      raw.write(json.getBytes(StandardCharsets.UTF_8));
      raw.seek(8 + json.length() + 4 * (count - 1));
      raw.write(new byte[] {0, 0, (byte) 0x80, 0x3f});
    }
    try (var model = ModelFile.open(file);
        var arena = Arena.ofConfined()) {
      var last = arena.allocate(4);
      model.read(model.specs().getFirst(), 4 * (count - 1), last);
      assertThat(last.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN).getFloat()).isEqualTo(1f);
      assertThatThrownBy(() -> model.read(model.specs().getFirst(), 4 * count, last))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  static Stream<Arguments> hostileHeaders() {
    return Stream.of(
        hostile(
            "{\"a\":" + tensor("F32", "[1]", 0, 4) + ",\"b\":" + tensor("F32", "[1]", 2, 6) + "}",
            6,
            "overlaps"),
        hostile("{\"a\":" + tensor("F32", "[1]", 4, 8) + "}", 8, "hole of 4 bytes before tensor a"),
        hostile("{\"a\":" + tensor("F32", "[1]", 0, 4) + "}", 9, "5 bytes after the last tensor"),
        hostile("{\"a\":" + tensor("F32", "[2]", 0, 8) + "}", 4, "ends beyond the file's end"),
        hostile(
            "{\"a\":" + tensor("F32", "[1]", -4, 0) + "}", 0, "expected begin and end in order"),
        hostile("{\"a\":" + tensor("F32", "[1]", 8, 4) + "}", 8, "expected begin and end in order"),
        hostile("{\"a\":" + tensor("F32", "[3]", 0, 4) + "}", 4, "4 bytes, expected 12 for F32[3]"),
        hostile("{\"a\":" + tensor("F8", "[4]", 0, 4) + "}", 4, "unknown dtype F8"),
        hostile("{\"a\":" + tensor("F32", "[-1]", 0, 4) + "}", 4, "negative extent"),
        hostile(
            "{\"a\":" + tensor("F32", "[4294967296,4294967296]", 0, 4) + "}",
            4,
            "more than 2^63 - 1 elements"),
        hostile("{\"a\":" + tensor("F32", "[1.5]", 0, 4) + "}", 4, "not whole"),
        hostile(
            "{\"a\":" + tensor("F32", "[99999999999999999999]", 0, 4) + "}",
            4,
            "does not fit in 64 bits"),
        hostile(
            "{\"a\":" + tensor("F32", "[1e999999999]", 0, 4) + "}", 4, "does not fit in 64 bits"),
        hostile("{\"a\":" + tensor("F32", "[\"1\"]", 0, 4) + "}", 4, "expected whole numbers"),
        hostile(
            "{\"a\":" + tensor("F32", "[1]", 0, 4) + ",\"a\":" + tensor("F32", "[1]", 0, 4) + "}",
            4,
            "given twice"),
        hostile(
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}",
            4,
            "expected dtype, shape and data_offsets"),
        hostile("{\"\":" + tensor("F32", "[1]", 0, 4) + "}", 4, "not a tensor name"),
        hostile(
            "{\"a\\u001b[2J\":" + tensor("F32", "[1]", 0, 4) + "}",
            4,
            "tensor a\\u001b[2J: control character in a tensor name"),
        hostile("{\"a\\u202eb\":" + tensor("F99", "[1]", 0, 4) + "}", 4, "a\\u202eb"),
        hostile("{\"\\ud800\":" + tensor("F32", "[1]", 0, 4) + "}", 4, "tensor \\ud800: half a"),
        hostile("{\"a\":[[[[[1]]]]]}", 4, "nesting deeper"),
        hostile("{\"a\":true}", 4, "expected an object, a list, a text or a whole number"),
        hostile("{} x", 0, "more text after the header's end"),
        hostile("{\"a\"", 0, "ends too early"),
        hostile("{\"a\\ud8zz\"", 0, "not a hexadecimal digit"),
        hostile("{\"__metadata__\":{\"x\":1}}", 0, "is not a text"),
        hostile(
            "{\"__metadata__\":{\"ward.aliases\":\"{\\\"b\\\":\\\"c\\\"}\"}}",
            0,
            "names no tensor"),
        hostile(
            "{\"__metadata__\":{\"ward.roles\":\"{\\\"a\\\":\\\"KING\\\"}\"},\"a\":"
                + tensor("F32", "[1]", 0, 4)
                + "}",
            4,
            "unknown role KING"));
  }

  @ParameterizedTest
  @MethodSource
  void hostileHeaders(String header, int dataBytes, String message) throws IOException {
    var file = write(header, dataBytes);
    assertThatThrownBy(() -> ModelFile.open(file))
        .isInstanceOf(ModelFileException.class)
        .hasMessageStartingWith("hostile: ")
        .hasMessageContaining(message);
  }

  @Test
  void aHeaderLongerThanTheFileIsRefused() throws IOException {
    for (long length : new long[] {-1, 0, 1, 1000, Long.MAX_VALUE}) {
      var file = folder.resolve("short");
      Files.write(
          file, ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array());
      assertThatThrownBy(() -> ModelFile.open(file))
          .isInstanceOf(ModelFileException.class)
          .hasMessageContaining("header of")
          .hasMessageContaining("expected 2 to 8");
    }
    var stub = Files.write(folder.resolve("stub"), new byte[3]);
    assertThatThrownBy(() -> ModelFile.open(stub)).hasMessageContaining("too short");
  }

  @Test
  void aLongNameIsNotRepeatedWhole() throws Exception {
    var header = "{\"" + "n".repeat(100_000) + "\":" + tensor("F32", "[1]", 0, 4) + "}";
    var file = write(header, 4);
    assertThatThrownBy(() -> ModelFile.open(file))
        .hasMessageStartingWith("hostile: tensor nnn")
        .message()
        .hasSizeLessThan(1300);
  }

  @Test
  void aFlippedByteNeverBreaksTheReader() throws Exception {
    var file = folder.resolve("m");
    ModelWriter.write(sample(), file);
    var bytes = Files.readAllBytes(file);
    var random = new Random(20261123);
    var mutant = folder.resolve("mutant");
    for (int i = 0; i < 3000; i++) {
      var copy = bytes.clone();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        copy[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      Files.write(
          mutant,
          random.nextInt(4) == 0
              ? java.util.Arrays.copyOf(copy, random.nextInt(copy.length))
              : copy);
      try (var model = ModelFile.open(mutant)) {
        model.load();
      } catch (ModelFileException _) {
        // Refused, which is one of the two right answers.
      }
    }
  }

  @Test
  void anUnfinishedFileLeavesNothingBehind() throws Exception {
    var spec = TensorSpec.of("a", DType.F32, 2);
    try (var writer =
        ModelWriter.open(List.of(spec), java.util.Map.of(), folder.resolve("m"), Durability.DISK)) {
      assertThatThrownBy(writer::finish)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("still lacks 8 bytes");
    }
    try (var entries = Files.list(folder)) {
      assertThat(entries).isEmpty();
    }
  }

  private static TensorMap sample() {
    return TensorMap.builder()
        .add(Tensor.floats("conv.weight", new float[] {1, 2, 3, 4}, 2, 2))
        .add(Tensor.longs("bn.num_batches_tracked", new long[] {7}))
        .add(
            Tensor.floats(
                TensorSpec.of("bn.running_mean", DType.F32, 1).withRole(Role.BUFFER),
                new float[] {0.5f}))
        .alias("shared.weight", "conv.weight")
        .build();
  }

  private Path write(String header, int dataBytes) throws IOException {
    var text = header.getBytes(StandardCharsets.UTF_8);
    var file = folder.resolve("hostile");
    Files.write(
        file,
        ByteBuffer.allocate(8 + text.length + dataBytes)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(text.length)
            .put(text)
            .array());
    return file;
  }

  private static String tensor(String dtype, String shape, long begin, long end) {
    return "{\"dtype\":\""
        + dtype
        + "\",\"shape\":"
        + shape
        + ",\"data_offsets\":["
        + begin
        + ","
        + end
        + "]}";
  }

  private static Arguments hostile(String header, int dataBytes, String message) {
    return Arguments.of(header, dataBytes, message);
  }
}
