package org.wardfl.algo.convert;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.model.ModelFileException;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.algo.tensor.TensorSource;
import org.wardfl.algo.tensor.TensorSpec;
import org.wardfl.algo.zip.ZipArchive;
import org.wardfl.algo.zip.ZipFormatException;
import org.wardfl.algo.zip.ZipLimits;

/// A file of weights in any format that Ward reads, told by its content and not by its name.
///
/// Memory does not grow with the file. Not safe for use by several threads.
public final class WeightsFile implements TensorSource, AutoCloseable {

  private static final byte[] LEGACY_TORCH = {(byte) 0x80, 2, (byte) 0x8a, 10, 'l', (byte) 0xfc};
  private static final byte[] HDF5 = {(byte) 0x89, 'H', 'D', 'F'};
  private static final int TAR_MARK_AT = 257;
  private static final int HEAD_BYTES = 512;

  private final WeightsFormat format;
  private final TensorSource tensors;
  private final AutoCloseable file;
  private final String key;
  private final List<String> leftOut;

  private WeightsFile(
      WeightsFormat format,
      TensorSource tensors,
      AutoCloseable file,
      String key,
      List<String> leftOut) {
    this.format = format;
    this.tensors = tensors;
    this.file = file;
    this.key = key;
    this.leftOut = List.copyOf(leftOut);
  }

  /// Opens a file.
  ///
  /// @throws IOException if it cannot be read
  /// @throws WeightsException if it is refused
  public static WeightsFile open(Path path) throws IOException, WeightsException {
    return open(path, "");
  }

  /// Opens a file.
  ///
  /// @param key where in a checkpoint the state dict is, such as `model` or `ema.model`; empty to
  ///   find it
  /// @throws IOException if it cannot be read
  /// @throws WeightsException if it is refused, or it is not clear which state dict is meant
  public static WeightsFile open(Path path, String key) throws IOException, WeightsException {
    try {
      var head = head(path);
      if (starts(head, new byte[] {'P', 'K', 3, 4}) || starts(head, new byte[] {'P', 'K', 5, 6})) {
        return zip(path, key);
      }
      refuseKnown(head);
      if (!key.isEmpty()) {
        throw new WeightsException("no checkpoint, so there is nothing at key '" + key + "'");
      }
      var model = ModelFile.open(path);
      return new WeightsFile(WeightsFormat.SAFETENSORS, model, model, "", List.of());
    } catch (ModelFileException e) {
      // The message begins with the file's name.
      throw new WeightsException(
          e.getMessage() + "; it is neither a ZIP archive (.pt, .npz) nor a safetensors file");
    } catch (WeightsException | ZipFormatException e) {
      throw new WeightsException(path.getFileName() + ": " + e.getMessage());
    }
  }

  private static WeightsFile zip(Path path, String key)
      throws IOException, ZipFormatException, WeightsException {
    var archive = ZipArchive.open(path, ZipLimits.WEIGHTS);
    try {
      var folder = TorchArchive.folder(archive);
      if (folder.isPresent()) {
        var read = TorchArchive.read(archive, folder.get(), key, Files.size(path));
        return new WeightsFile(read.format(), read.tensors(), archive, read.key(), read.leftOut());
      }
      if (NpzArchive.is(archive)) {
        if (!key.isEmpty()) {
          throw new WeightsException("no checkpoint, so there is nothing at key '" + key + "'");
        }
        return new WeightsFile(WeightsFormat.NPZ, NpzArchive.read(archive), archive, "", List.of());
      }
      throw new WeightsException(
          "a ZIP archive of neither PyTorch (no NAME/data.pkl) nor NumPy (not all entries are .npy);"
              + " of a bundle, convert its models/model.pt");
    } catch (IOException | ZipFormatException | WeightsException | RuntimeException e) {
      archive.close();
      throw e;
    }
  }

  private static void refuseKnown(byte[] head) throws WeightsException {
    if (starts(head, LEGACY_TORCH)) {
      throw new WeightsException(
          "the format of PyTorch before 1.6 (or of _use_new_zipfile_serialization=False); load it in"
              + " PyTorch and save it again: torch.save(torch.load(FILE, weights_only=True), NEW)");
    }
    if (head.length > TAR_MARK_AT + 5
        && new String(head, TAR_MARK_AT, 5, StandardCharsets.US_ASCII).equals("ustar")) {
      throw new WeightsException(
          "a tar file, as PyTorch before 0.1.10 wrote them; load it in PyTorch and save it again, or"
              + " unpack it if it is an archive of other files");
    }
    if (starts(head, NpyHeader.MAGIC)) {
      throw new WeightsException(
          "a single NumPy array without a name; save numpy.savez(FILE, name=array)");
    }
    if (starts(head, HDF5)) {
      throw new WeightsException("an HDF5 file (Keras, .h5), which is not read here");
    }
    if (head.length > 1 && head[0] == (byte) 0x80 && head[1] <= 5) {
      throw new WeightsException(
          "a plain pickle, which is never run; save torch.save(model.state_dict(), FILE)");
    }
  }

  private static boolean starts(byte[] head, byte[] with) {
    return head.length >= with.length && Arrays.equals(head, 0, with.length, with, 0, with.length);
  }

  private static byte[] head(Path path) throws IOException {
    var head = ByteBuffer.allocate(HEAD_BYTES);
    try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
      while (head.hasRemaining() && channel.read(head) >= 0) {
        // Until the buffer is full or the file ends.
      }
    }
    return Arrays.copyOf(head.array(), head.position());
  }

  /// The format that was found.
  public WeightsFormat format() {
    return format;
  }

  /// Where in a checkpoint the state dict was; empty where the file is nothing else.
  public String key() {
    return key;
  }

  /// What lay beside the weights and is left out: names, each with what it is.
  public List<String> leftOut() {
    return leftOut;
  }

  /// A copy of all tensors in memory.
  ///
  /// @throws IOException if they cannot be read
  public TensorMap load() throws IOException {
    var all = TensorMap.builder();
    for (var spec : specs()) {
      var data = Arena.ofAuto().allocate(spec.sizeBytes(), 64);
      read(spec, 0, data);
      all.add(Tensor.of(spec, data));
    }
    aliases().forEach(all::alias);
    return all.build();
  }

  /// Names of the tensors whose elements do not lie row by row in the file.
  List<String> scattered() {
    return tensors instanceof StoredTensors stored ? stored.scattered() : List.of();
  }

  @Override
  public List<TensorSpec> specs() {
    return tensors.specs();
  }

  @Override
  public Map<String, String> aliases() {
    return tensors.aliases();
  }

  @Override
  public Optional<TensorSpec> spec(String name) {
    return tensors.spec(name);
  }

  @Override
  public void read(TensorSpec spec, long firstByte, MemorySegment into) throws IOException {
    tensors.read(spec, firstByte, into);
  }

  @Override
  public void close() throws IOException {
    try {
      file.close();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }
}
