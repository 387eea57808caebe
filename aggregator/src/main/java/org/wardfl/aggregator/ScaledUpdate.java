package org.wardfl.aggregator;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.wardfl.algo.tensor.Elements;
import org.wardfl.algo.tensor.Role;
import org.wardfl.algo.tensor.TensorSource;
import org.wardfl.algo.tensor.TensorSpec;

/// A difference times a factor, multiplied while it is read: computed in double and rounded once to
/// the tensor's type.
///
/// What a tensor is to the training is asked of the model: a site must not get a tensor past this
/// by calling it a constant.
///
/// @param update the difference
/// @param model the model that it is a difference to
/// @param factor finite
/// @param parametersOnly whether buffers stay as they are; counters and constants always do
record ScaledUpdate(TensorSource update, TensorSource model, double factor, boolean parametersOnly)
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

  private boolean isScaled(TensorSpec spec) {
    var role = model.spec(spec.name()).map(TensorSpec::role).orElse(Role.PARAMETER);
    return spec.dtype().isFloating()
        && (role == Role.PARAMETER || (role == Role.BUFFER && !parametersOnly));
  }

  @Override
  public void read(TensorSpec spec, long firstByte, MemorySegment into) throws IOException {
    update.read(spec, firstByte, into);
    if (!isScaled(spec)) {
      return;
    }
    int width = spec.dtype().sizeBytes();
    long blockBytes = (long) BLOCK_ELEMENTS * width;
    var elements = new Elements(spec.dtype(), BLOCK_ELEMENTS);
    var values = new double[BLOCK_ELEMENTS];
    for (long at = 0; at < into.byteSize(); at += blockBytes) {
      var block = into.asSlice(at, Math.min(blockBytes, into.byteSize() - at));
      int count = (int) (block.byteSize() / width);
      elements.decode(block, values);
      for (int i = 0; i < count; i++) {
        values[i] *= factor;
      }
      elements.encode(values, block);
    }
  }
}
