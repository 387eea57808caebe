package org.wardfl.algo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.wardfl.algo.ModelPayload;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.model.ModelDifference;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;

/// A model as an algorithm receives it, in memory that the kit can watch: native code that ignores
/// the read-only view can write to it, and the kit can spoil it after the call.
final class GivenModel {

  private final TensorMap original;
  private final TensorMap given;
  private final List<MemorySegment> memory = new ArrayList<>();

  GivenModel(TensorMap original) {
    this.original = original;
    var builder = TensorMap.builder();
    for (var spec : original.specs()) {
      var data = Arena.ofAuto().allocate(spec.sizeBytes(), 64);
      data.copyFrom(original.tensor(spec.name()).data());
      memory.add(data);
      builder.add(Tensor.of(spec, data));
    }
    original.aliases().forEach(builder::alias);
    given = builder.build();
  }

  /// What the algorithm is given.
  ModelPayload payload() {
    return new ModelPayload(given, WeightType.FULL);
  }

  /// Fails if somebody wrote to it.
  void requireUntouched(String call) throws IOException {
    assertThat(ModelDifference.between(original, given).tensors())
        .as("%s wrote to the received model; it is read-only: copy what is to be changed", call)
        .allMatch(tensor -> tensor.isIdentical());
  }

  /// Overwrites every byte: what was received is valid until the call returns, and not longer.
  void spoil() {
    memory.forEach(data -> data.fill((byte) 0xff));
  }
}
