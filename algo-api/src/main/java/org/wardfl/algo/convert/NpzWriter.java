package org.wardfl.algo.convert;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.wardfl.algo.tensor.TensorSource;
import org.wardfl.algo.tensor.TensorSpec;
import org.wardfl.algo.zip.ZipWriter;

/// Writes a NumPy archive, not compressed. Tied tensors are written once for each name: the format
/// knows no ties, and no roles.
final class NpzWriter {

  private NpzWriter() {}

  static void write(TensorSource source, Path target) throws IOException, WeightsException {
    try (var zip = ZipWriter.open(target)) {
      for (var spec : source.specs()) {
        write(zip, source, spec.name(), spec);
      }
      for (var alias : source.aliases().entrySet()) {
        write(zip, source, alias.getKey(), source.spec(alias.getValue()).orElseThrow());
      }
      zip.finish();
    }
  }

  private static void write(ZipWriter zip, TensorSource source, String name, TensorSpec spec)
      throws IOException, WeightsException {
    if (name.startsWith("/")
        || name.indexOf('\\') >= 0
        || Arrays.asList(name.split("/", -1)).contains("..")) {
      throw new WeightsException(
          "tensor "
              + name
              + " cannot be an entry of an archive: its name could lead out of a folder");
    }
    var header = NpyHeader.of(spec);
    zip.begin(name + ".npy", header.length + spec.sizeBytes());
    zip.append(ByteBuffer.wrap(header));
    Blocks.copy(source, spec, zip::append);
    zip.end();
  }
}
