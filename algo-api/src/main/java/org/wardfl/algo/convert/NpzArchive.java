package org.wardfl.algo.convert;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.wardfl.algo.tensor.TensorSpec;
import org.wardfl.algo.zip.Content;
import org.wardfl.algo.zip.ZipArchive;
import org.wardfl.algo.zip.ZipEntryRecord;
import org.wardfl.algo.zip.ZipFormatException;

/// Reads the arrays of a NumPy archive, stored or compressed, in either order of indices and bytes.
final class NpzArchive {

  private static final String SUFFIX = ".npy";
  private static final int PREFIX_BYTES = 12;

  private NpzArchive() {}

  /// Whether this is such an archive: it holds arrays and nothing else.
  static boolean is(ZipArchive archive) {
    return !archive.entries().isEmpty()
        && archive.entries().stream().allMatch(entry -> entry.name().endsWith(SUFFIX));
  }

  static StoredTensors read(ZipArchive archive)
      throws IOException, ZipFormatException, WeightsException {
    var tensors = new StoredTensors();
    var names =
        archive.entries().stream()
            .map(NpzArchive::name)
            .collect(java.util.stream.Collectors.toSet());
    for (var entry : archive.entries()) {
      var name = name(entry);
      var content = archive.content(entry);
      var prefix = prefix(name, content);
      int start = start(prefix);
      int length = length(name, prefix);
      if (start + length > content.sizeBytes()) {
        throw new WeightsException("array " + name + " is cut off in its header");
      }
      var text = new byte[length];
      content.read(start, MemorySegment.ofArray(text));
      var header = NpyHeader.parse(name, new String(text, StandardCharsets.UTF_8));
      tensors.add(tensor(name, header, content, start + length, names));
      archive.verify(entry);
    }
    return tensors;
  }

  private static StoredTensor tensor(
      String name, NpyHeader header, Content content, long dataAt, java.util.Set<String> names)
      throws WeightsException {
    TensorSpec spec;
    try {
      var role = TorchRoles.roleOf(name, header.dtype(), names);
      spec = new TensorSpec(name, header.dtype(), header.shape(), role);
    } catch (IllegalArgumentException e) {
      throw new WeightsException(String.valueOf(e.getMessage()));
    }
    long bytes = content.sizeBytes() - dataAt;
    if (bytes != spec.sizeBytes()) {
      throw new WeightsException(
          "array "
              + name
              + " of shape "
              + spec.shape()
              + " has "
              + bytes
              + " bytes, expected "
              + spec.sizeBytes());
    }
    var strides =
        header.isColumnMajor()
            ? Strides.columnMajor(spec.shape())
            : Strides.rowMajor(0, spec.shape());
    return new StoredTensor(spec, content, dataAt, strides, header.isBigEndian());
  }

  private static String name(ZipEntryRecord entry) {
    return entry.name().substring(0, entry.name().length() - SUFFIX.length());
  }

  private static ByteBuffer prefix(String name, Content content)
      throws IOException, WeightsException {
    var prefix = new byte[PREFIX_BYTES];
    if (content.sizeBytes() >= PREFIX_BYTES) {
      content.read(0, MemorySegment.ofArray(prefix));
    }
    if (!Arrays.equals(
        prefix, 0, NpyHeader.MAGIC.length, NpyHeader.MAGIC, 0, NpyHeader.MAGIC.length)) {
      throw new WeightsException("entry " + name + SUFFIX + " is no NumPy array");
    }
    return ByteBuffer.wrap(prefix).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int start(ByteBuffer prefix) {
    return prefix.get(6) == 1 ? 10 : PREFIX_BYTES;
  }

  private static int length(String name, ByteBuffer prefix) throws WeightsException {
    int major = prefix.get(6);
    if (major < 1 || major > 3) {
      throw new WeightsException(
          "array " + name + " is of format " + major + "." + prefix.get(7) + ", expected 1 to 3");
    }
    long length =
        major == 1 ? prefix.getShort(8) & 0xffff : Integer.toUnsignedLong(prefix.getInt(8));
    if (length > NpyHeader.MAX_BYTES) {
      throw new WeightsException(
          "array " + name + " has a header of " + length + " bytes, expected at most 65536");
    }
    return (int) length;
  }
}
