package org.wardfl.algo.tensor;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A set of tensors that can be read block by block: in memory (`TensorMap`), in a file, or
/// computed while it is read.
///
/// Code that must stay flat in the size of the model (aggregation, checks, filters, writing) takes
/// this type and never asks for a whole tensor. Unless an implementation says otherwise, reading
/// from several threads at once is safe.
public interface TensorSource {

  /// The tensors in order; names are unique. Aliases are not listed.
  List<TensorSpec> specs();

  /// Further names of listed tensors: alias to listed name. Aliased tensors are stored once.
  Map<String, String> aliases();

  /// Copies bytes of a tensor: little-endian, row-major, contiguous.
  ///
  /// @param spec one of [#specs]
  /// @param firstByte offset in the tensor, at least 0
  /// @param into is filled whole; must not reach beyond the tensor's end
  /// @throws IOException if the storage fails
  /// @throws IndexOutOfBoundsException if the range leaves the tensor
  /// @throws IllegalArgumentException if the tensor is not one of this source
  void read(TensorSpec spec, long firstByte, MemorySegment into) throws IOException;

  /// The tensor of that name or alias.
  default Optional<TensorSpec> spec(String name) {
    var canonical = aliases().getOrDefault(name, name);
    return specs().stream().filter(spec -> spec.name().equals(canonical)).findFirst();
  }

  /// The size of all values in bytes, aliases not counted.
  default long sizeBytes() {
    return specs().stream().mapToLong(TensorSpec::sizeBytes).sum();
  }
}
