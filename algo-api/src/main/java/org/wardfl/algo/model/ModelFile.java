package org.wardfl.algo.model;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.algo.tensor.TensorSource;
import org.wardfl.algo.tensor.TensorSpec;

/// A safetensors file, open for reading by position. Sizes are 64-bit; nothing is mapped or loaded
/// unless asked for.
///
/// Reads any valid file, also one with another order, white space or foreign metadata. Safe for use
/// by several threads.
public final class ModelFile implements TensorSource, AutoCloseable {

  /// The longest header that is read, in bytes.
  public static final int MAX_HEADER_BYTES = 32 << 20;

  // Enough for the header of most models, so that one read does.
  private static final int FIRST_READ_BYTES = 4096;

  // Characters; the longest name of a tensor fits in.
  private static final int MAX_MESSAGE = 1200;

  private final Path path;
  private final FileChannel channel;
  private final Layout layout;
  private final long dataStart;

  private ModelFile(Path path, FileChannel channel, Layout layout, long dataStart) {
    this.path = path;
    this.channel = channel;
    this.layout = layout;
    this.dataStart = dataStart;
  }

  /// Opens a file and checks its header against its size.
  ///
  /// @throws IOException if it cannot be read
  /// @throws ModelFileException if it is no well-formed model file
  public static ModelFile open(Path path) throws IOException, ModelFileException {
    return open(path, MAX_HEADER_BYTES);
  }

  /// Opens a file whose header may not be longer than that: what a header takes in memory grows
  /// with its length, many times over.
  ///
  /// @param mostHeaderBytes at most [#MAX_HEADER_BYTES]
  /// @throws IOException if it cannot be read
  /// @throws ModelFileException if it is no well-formed model file, or its header is longer
  public static ModelFile open(Path path, int mostHeaderBytes)
      throws IOException, ModelFileException {
    var channel = FileChannel.open(path, StandardOpenOption.READ);
    try {
      long size = channel.size();
      if (size < Long.BYTES) {
        throw new ModelFileException("file of " + size + " bytes, too short for a model file");
      }
      var start = fully(channel, (int) Math.min(size, FIRST_READ_BYTES), 0);
      long headerBytes = start.order(ByteOrder.LITTLE_ENDIAN).getLong();
      long most = Math.min(mostHeaderBytes, size - Long.BYTES);
      if (headerBytes < 2 || headerBytes > most) {
        throw new ModelFileException(
            "header of "
                + Long.toUnsignedString(headerBytes)
                + " bytes in a file of "
                + size
                + (most < 2 ? ", which has no place for one" : ", expected 2 to " + most));
      }
      long dataStart = Long.BYTES + headerBytes;
      var header =
          headerBytes <= start.remaining()
              ? start.slice(Long.BYTES, (int) headerBytes)
              : fully(channel, (int) headerBytes, Long.BYTES);
      var layout = Layout.parse(text(header), size - dataStart);
      return new ModelFile(path, channel, layout, dataStart);
    } catch (ModelFileException e) {
      channel.close();
      throw new ModelFileException(
          path.getFileName() + ": " + shown(String.valueOf(e.getMessage())));
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /// The file.
  public Path path() {
    return path;
  }

  /// The size of the file in bytes.
  public long fileBytes() {
    return dataStart + layout.dataBytes();
  }

  /// The length of the header, in bytes.
  public int headerBytes() {
    return Math.toIntExact(dataStart - Long.BYTES);
  }

  /// Foreign entries of the header's `__metadata__`.
  public Map<String, String> metadata() {
    return layout.metadata();
  }

  @Override
  public List<TensorSpec> specs() {
    return layout.specs();
  }

  @Override
  public Map<String, String> aliases() {
    return layout.aliases();
  }

  @Override
  public Optional<TensorSpec> spec(String name) {
    return Optional.ofNullable(layout.entries().get(layout.aliases().getOrDefault(name, name)))
        .map(Layout.Entry::spec);
  }

  @Override
  public void read(TensorSpec spec, long firstByte, MemorySegment into) throws IOException {
    var entry = layout.entries().get(spec.name());
    if (entry == null) {
      throw new IllegalArgumentException("no tensor " + spec.name() + " in " + path.getFileName());
    }
    java.util.Objects.checkFromIndexSize(firstByte, into.byteSize(), entry.spec().sizeBytes());
    readData(entry.begin() + firstByte, into);
  }

  /// Copies the tensors out of the file; they stay valid after it is closed. For small models.
  ///
  /// @throws IOException if the file cannot be read
  public TensorMap load() throws IOException {
    var builder = TensorMap.builder();
    for (var entry : layout.entries().values()) {
      var data = Arena.ofAuto().allocate(entry.spec().sizeBytes(), Layout.ALIGNMENT);
      readData(entry.begin(), data);
      builder.add(Tensor.of(entry.spec(), data));
    }
    layout.aliases().forEach(builder::alias);
    return builder.build();
  }

  /// Maps the tensors into memory without a copy, for the process that trains; mapped pages count
  /// as resident memory.
  ///
  /// @param arena the tensors are valid until it is closed
  /// @throws IOException if the file cannot be mapped
  public TensorMap map(Arena arena) throws IOException {
    var data =
        layout.dataBytes() == 0
            ? MemorySegment.NULL
            : channel.map(FileChannel.MapMode.READ_ONLY, dataStart, layout.dataBytes(), arena);
    var builder = TensorMap.builder();
    for (var entry : layout.entries().values()) {
      builder.add(Tensor.of(entry.spec(), data.asSlice(entry.begin(), entry.spec().sizeBytes())));
    }
    layout.aliases().forEach(builder::alias);
    return builder.build();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private void readData(long position, MemorySegment into) throws IOException {
    for (long done = 0; done < into.byteSize(); ) {
      int size = (int) Math.min(1 << 30, into.byteSize() - done);
      var buffer = into.asSlice(done, size).asByteBuffer();
      int read = channel.read(buffer, dataStart + position + done);
      if (read < 0) {
        throw new EOFException(path.getFileName() + " has become shorter than its header says");
      }
      done += read;
    }
  }

  private static ByteBuffer fully(FileChannel channel, int size, long position) throws IOException {
    var buffer = ByteBuffer.allocate(size);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new EOFException("the file has become shorter");
      }
    }
    return buffer.flip();
  }

  /// What is wrong about a file quotes from it: nothing of that may steer a terminal or flood a
  /// log.
  private static String shown(String message) {
    var shown = new StringBuilder();
    message
        .codePoints()
        .limit(MAX_MESSAGE)
        .forEach(c -> shown.append(isVisible(c) ? Character.toString(c) : "\\u%04x".formatted(c)));
    return shown.append(message.length() > MAX_MESSAGE ? "..." : "").toString();
  }

  private static boolean isVisible(int c) {
    return !Character.isISOControl(c)
        && switch (Character.getType(c)) {
          case Character.FORMAT,
              Character.SURROGATE,
              Character.LINE_SEPARATOR,
              Character.PARAGRAPH_SEPARATOR ->
              false;
          default -> true;
        };
  }

  private static String text(ByteBuffer bytes) throws ModelFileException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException _) {
      throw new ModelFileException("the header is not UTF-8");
    }
  }
}
