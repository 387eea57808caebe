package org.wardfl.algo.convert;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.wardfl.algo.method.ControlVariates;
import org.wardfl.algo.model.Durability;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.algo.model.ModelWriter;

/// One file of weights written in another format. Every bit of every value is kept.
///
/// @param from the format that was read
/// @param key where in a checkpoint the state dict was; empty where the file is nothing else
/// @param to the format that was written
/// @param tensors how many, ties not counted
/// @param fileBytes the size of the new file
/// @param hash its SHA-256
/// @param notes what the new file does not hold, in sentences
public record Conversion(
    WeightsFormat from,
    String key,
    WeightsFormat to,
    int tensors,
    long fileBytes,
    ModelHash hash,
    List<String> notes) {

  /// Copies.
  public Conversion {
    notes = List.copyOf(notes);
  }

  /// Converts a file as it is.
  ///
  /// @throws IOException if a file cannot be read or written; then there is no new file
  /// @throws WeightsException if one of them is refused; then there is no new file
  public static Conversion convert(Path from, String key, Path to)
      throws IOException, WeightsException {
    return convert(from, key, false, to);
  }

  /// Converts a file. The new file takes its name only when it is whole.
  ///
  /// @param key where in a checkpoint the state dict is; empty to find it
  /// @param controlVariates whether every parameter gets a zero control variate beside it, as a job
  ///   that trains by SCAFFOLD needs them in its first model
  /// @param to by its name: `.safetensors`, `.pt`, `.pth` or `.npz`; only the first with variates
  /// @throws IOException if a file cannot be read or written; then there is no new file
  /// @throws WeightsException if one of them is refused; then there is no new file
  public static Conversion convert(Path from, String key, boolean controlVariates, Path to)
      throws IOException, WeightsException {
    var format =
        WeightsFormat.ofOutput(to)
            .orElseThrow(() ->
                new WeightsException(
                    to.getFileName()
                        + ": expected a name that ends with .safetensors, .pt, .pth or .npz"));
    try (var source = WeightsFile.open(from, key)) {
      if (source.specs().isEmpty()) {
        throw new WeightsException(from.getFileName() + ": there is no tensor in it");
      }
      if (controlVariates && format != WeightsFormat.SAFETENSORS) {
        throw new WeightsException(
            to.getFileName() + ": control variates are for first models; expected .safetensors");
      }
      if (format == WeightsFormat.STATE_DICT) {
        StateDictWriter.write(source, to);
      } else if (format == WeightsFormat.NPZ) {
        NpzWriter.write(source, to);
      } else {
        ModelWriter.write(
            controlVariates ? ControlVariates.withZeros(source) : source, to, Durability.DISK);
      }
      return new Conversion(
          source.format(),
          source.key(),
          format,
          source.specs().size(),
          Files.size(to),
          ModelWriter.hash(to),
          notes(source, format));
    } catch (IllegalArgumentException e) {
      throw new WeightsException(from.getFileName() + ": " + e.getMessage());
    }
  }

  private static List<String> notes(WeightsFile source, WeightsFormat format) {
    var notes = new ArrayList<String>();
    if (!source.leftOut().isEmpty()) {
      notes.add("left out: " + String.join(", ", source.leftOut()));
    }
    if (format == WeightsFormat.NPZ && !source.aliases().isEmpty()) {
      notes.add(
          source.aliases().size() + " tied names are arrays of their own: NumPy knows no ties");
    }
    var names = new java.util.HashSet<>(source.aliases().keySet());
    source.specs().forEach(spec -> names.add(spec.name()));
    if (format == WeightsFormat.NPZ && !TorchRoles.record(source.specs(), names).isEmpty()) {
      notes.add("roles (parameter, buffer, counter, constant) are not kept in NumPy's format");
    }
    return notes;
  }
}
