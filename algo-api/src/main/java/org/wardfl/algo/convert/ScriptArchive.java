package org.wardfl.algo.convert;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.wardfl.algo.tensor.DType;
import org.wardfl.algo.tensor.Role;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.algo.zip.ZipArchive;
import org.wardfl.algo.zip.ZipEntryRecord;
import org.wardfl.algo.zip.ZipFormatException;
import org.wardfl.algo.zip.ZipLimits;
import org.wardfl.algo.zip.ZipWriter;

/// A TorchScript archive as a network that is to be trained:
/// `torch.jit.script(network).save(FILE)`.
///
/// Nothing of it is run here.
public final class ScriptArchive {

  private static final int BLOCK_BYTES = 1 << 18;
  private static final Set<DType> BUFFERS = Set.of(DType.F32, DType.F64, DType.I32, DType.I64);

  private ScriptArchive() {}

  /// Its parameters and buffers, by their names in the state dict; parameters are F32, buffers F32,
  /// F64, I32 or I64.
  ///
  /// @throws IOException if it cannot be read
  /// @throws WeightsException if it is no such archive, or none that can be trained; the message
  ///   begins with the file's name
  public static TensorMap weights(Path file) throws IOException, WeightsException {
    try (var weights = WeightsFile.open(file)) {
      if (weights.format() != WeightsFormat.TORCHSCRIPT) {
        throw named(
            file,
            "a "
                + weights.format().title()
                + " has weights but no network; expected what"
                + " torch.jit.script(network).save(FILE) writes");
      }
      check(file, weights);
      return weights.load();
    }
  }

  /// Writes a copy that does the same but says of all its buffers that they are parameters, so that
  /// libtorch gives access to both.
  ///
  /// @throws IOException if a file cannot be read or written; then there is no copy
  /// @throws WeightsException if it is no such archive; then there is no copy
  public static void exposeBuffers(Path file, Path copy) throws IOException, WeightsException {
    try (var archive = ZipArchive.open(file, ZipLimits.WEIGHTS);
        var writer = ZipWriter.open(copy)) {
      var folder = TorchArchive.folder(archive).orElse("");
      for (var entry : archive.entries()) {
        if (ScriptCode.isCode(entry, folder)) {
          var code = ScriptCode.withBuffersAsParameters(ScriptCode.text(archive, entry));
          writer.add(entry.name(), code.getBytes(StandardCharsets.UTF_8));
        } else if (!entry.name().endsWith(".debug_pkl")) {
          // Those say by position where lines of the code come from.
          copy(archive, entry, writer);
        }
      }
      writer.finish();
    } catch (ZipFormatException e) {
      throw named(file, e.getMessage());
    }
  }

  private static WeightsException named(Path file, @Nullable String what) {
    return new WeightsException(file.getFileName() + ": " + what);
  }

  private static void check(Path file, WeightsFile weights) throws IOException, WeightsException {
    for (var spec : weights.specs()) {
      boolean parameter = spec.role() == Role.PARAMETER;
      if (parameter ? spec.dtype() != DType.F32 : !BUFFERS.contains(spec.dtype())) {
        throw named(
            file,
            (parameter ? "parameter " : "buffer ")
                + spec.name()
                + " is "
                + spec.dtype()
                + ", expected F32"
                + (parameter ? "" : ", F64, I32 or I64")
                + "; call network.float() before torch.jit.script");
      }
    }
    for (var name : weights.scattered()) {
      throw named(
          file,
          "tensor "
              + name
              + " does not lie row by row in memory; call .contiguous() on it before"
              + " torch.jit.script");
    }
    if (weights.specs().stream().noneMatch(spec -> spec.role() == Role.PARAMETER)) {
      throw named(
          file,
          "it has no parameter to train; torch.jit.freeze makes constants of them, so save the"
              + " script before that");
    }
    var code = code(file);
    for (var type : code.undeclared()) {
      throw named(
          file,
          type
              + " does not say which tensors are its buffers, as PyTorch before 1.7 wrote it; load it"
              + " in PyTorch and save it again");
    }
    if (code.isTraced()) {
      throw named(
          file,
          "it was traced (torch.jit.trace), so its layers do in training what they did while an"
              + " example ran through them; expected torch.jit.script(network)");
    }
  }

  private static ScriptCode code(Path file) throws IOException, WeightsException {
    try (var archive = ZipArchive.open(file, ZipLimits.WEIGHTS)) {
      return ScriptCode.of(archive, TorchArchive.folder(archive).orElse(""));
    } catch (ZipFormatException e) {
      throw named(file, e.getMessage());
    }
  }

  private static void copy(ZipArchive archive, ZipEntryRecord entry, ZipWriter writer)
      throws IOException, ZipFormatException {
    archive.verify(entry);
    var content = archive.content(entry);
    var block = ByteBuffer.allocate(BLOCK_BYTES);
    writer.begin(entry.name(), entry.sizeBytes());
    for (long at = 0; at < entry.sizeBytes(); at += BLOCK_BYTES) {
      block.clear().limit((int) Math.min(BLOCK_BYTES, entry.sizeBytes() - at));
      content.read(at, MemorySegment.ofBuffer(block));
      writer.append(block);
    }
    writer.end();
  }
}
