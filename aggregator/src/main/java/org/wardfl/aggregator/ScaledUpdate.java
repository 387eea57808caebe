package org.wardfl.aggregator;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.tensor.Elements;
import org.wardfl.algo.tensor.Role;
import org.wardfl.algo.tensor.TensorSource;
import org.wardfl.algo.tensor.TensorSpec;

/// An update whose difference to the model is taken times a factor while it is read: computed in
/// double and rounded once to the tensor's type.
///
/// What a tensor is to the training is asked of the model: a site must not get a tensor past this
/// by calling it a constant.
///
/// @param update the difference, or full weights
/// @param model the model that the update starts from
/// @param type which of both the update is
/// @param factor finite
/// @param scaled which tensors of the model; others, and all that are not floating, stay as they
///   are
record ScaledUpdate(
    TensorSource update,
    TensorSource model,
    WeightType type,
    double factor,
    Predicate<TensorSpec> scaled)
    implements TensorSource {

  private static final int BLOCK_ELEMENTS = 1 << 13;

  @Override
  public List<TensorSpec> specs() {
    return update.specs();
  }

  @Override
  public Map<String, String> aliases() {
    return update.aliases();
  }

  @Override
  public void read(TensorSpec spec, long firstByte, MemorySegment into) throws IOException {
    update.read(spec, firstByte, into);
    // A tensor that the model does not have is no constant of it.
    var own = model.spec(spec.name()).orElse(spec.withRole(Role.PARAMETER));
    if (!spec.dtype().isFloating() || !scaled.test(own)) {
      return;
    }
    int width = spec.dtype().sizeBytes();
    long blockBytes = (long) BLOCK_ELEMENTS * width;
    var elements = new Elements(spec.dtype(), BLOCK_ELEMENTS);
    var values = new double[BLOCK_ELEMENTS];
    var origin = new double[BLOCK_ELEMENTS];
    for (long at = 0; at < into.byteSize(); at += blockBytes) {
      var block = into.asSlice(at, Math.min(blockBytes, into.byteSize() - at));
      int count = (int) (block.byteSize() / width);
      elements.decode(block, values);
      if (type == WeightType.FULL) {
        // The block is decoded: until it is written it has room for the model's.
        model.read(own, firstByte + at, block);
        elements.decode(block, origin);
        for (int i = 0; i < count; i++) {
          values[i] = origin[i] + factor * (values[i] - origin[i]);
        }
      } else {
        for (int i = 0; i < count; i++) {
          values[i] *= factor;
        }
      }
      elements.encode(values, block);
    }
  }
}
