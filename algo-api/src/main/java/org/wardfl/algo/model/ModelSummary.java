package org.wardfl.algo.model;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.wardfl.algo.tensor.Role;

/// What a model file holds, for people to look at.
///
/// @param hash the SHA-256 of the file
/// @param fileBytes the size of the file
/// @param tensors in the order of the file
/// @param aliases further names of tensors: alias to tensor
/// @param metadata foreign entries of the file's `__metadata__`
public record ModelSummary(
    ModelHash hash,
    long fileBytes,
    List<TensorSummary> tensors,
    Map<String, String> aliases,
    Map<String, String> metadata) {

  /// Copies, keeping the order.
  public ModelSummary {
    tensors = List.copyOf(tensors);
    aliases = Collections.unmodifiableMap(new LinkedHashMap<>(aliases));
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  /// Reads a whole file, once for its hash and once for its values, in blocks: memory does not grow
  /// with the model.
  ///
  /// @throws IOException if it cannot be read
  public static ModelSummary of(ModelFile model) throws IOException {
    var tensors = new ArrayList<TensorSummary>();
    for (var spec : model.specs()) {
      tensors.add(TensorSummary.of(model, spec));
    }
    return new ModelSummary(
        ModelWriter.hash(model.path()),
        model.fileBytes(),
        tensors,
        model.aliases(),
        model.metadata());
  }

  /// The number of trained values: the elements of all tensors with role PARAMETER, aliases not
  /// counted.
  public long parameters() {
    return tensors.stream()
        .map(TensorSummary::spec)
        .filter(spec -> spec.role() == Role.PARAMETER)
        .mapToLong(spec -> spec.shape().elements())
        .sum();
  }

  /// The elements of all tensors, aliases not counted.
  public long elements() {
    return tensors.stream().mapToLong(tensor -> tensor.spec().shape().elements()).sum();
  }

  /// The size of all values in bytes, without the header.
  public long dataBytes() {
    return tensors.stream().mapToLong(tensor -> tensor.spec().sizeBytes()).sum();
  }

  /// How many values are NaN or infinite.
  public long notFinite() {
    return tensors.stream().mapToLong(TensorSummary::notFinite).sum();
  }
}
