package org.wardfl.algo.convert;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wardfl.algo.tensor.TensorSource;
import org.wardfl.algo.tensor.TensorSpec;

/// The tensors of a foreign file. Not safe for use by several threads.
final class StoredTensors implements TensorSource {

  private static final long SMALL_BYTES = 64L << 20;
  private static final long MAX_GROWTH = 4;

  private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
  private final Map<String, String> aliases = new LinkedHashMap<>();
  private Optional<StoredTensor> last = Optional.empty();

  /// @throws WeightsException if there is one of that name
  void add(StoredTensor tensor) throws WeightsException {
    if (tensors.put(tensor.spec().name(), tensor) != null) {
      throw new WeightsException("tensor " + tensor.spec().name() + " is there twice");
    }
  }

  void alias(String alias, String name) {
    aliases.put(alias, name);
  }

  /// Names of the tensors whose elements do not lie row by row.
  List<String> scattered() {
    return tensors.values().stream()
        .filter(tensor -> !tensor.isRowMajor())
        .map(tensor -> tensor.spec().name())
        .toList();
  }

  /// Views can be larger than what they show: few bytes, repeated without end.
  void checkSize(long fileBytes) throws WeightsException {
    long total = 0;
    for (var tensor : tensors.values()) {
      total += tensor.spec().sizeBytes();
      if (total < 0 || total > SMALL_BYTES + MAX_GROWTH * fileBytes) {
        throw new WeightsException(
            "tensor "
                + tensor.spec().name()
                + " of shape "
                + tensor.spec().shape()
                + ": the tensors are "
                + MAX_GROWTH
                + " times larger than the file of "
                + fileBytes
                + " bytes; save contiguous copies of expanded tensors");
      }
    }
  }

  @Override
  public List<TensorSpec> specs() {
    return tensors.values().stream().map(StoredTensor::spec).toList();
  }

  @Override
  public Map<String, String> aliases() {
    return Collections.unmodifiableMap(aliases);
  }

  @Override
  public Optional<TensorSpec> spec(String name) {
    return Optional.ofNullable(tensors.get(aliases.getOrDefault(name, name)))
        .map(StoredTensor::spec);
  }

  @Override
  public void read(TensorSpec spec, long firstByte, MemorySegment into) throws IOException {
    var tensor = tensors.get(spec.name());
    if (tensor == null) {
      throw new IllegalArgumentException("no tensor " + spec.name());
    }
    last.filter(other -> other != tensor).ifPresent(StoredTensor::release);
    last = Optional.of(tensor);
    tensor.read(firstByte, into);
  }
}
