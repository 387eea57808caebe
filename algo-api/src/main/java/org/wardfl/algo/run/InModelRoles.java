package org.wardfl.algo.run;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.wardfl.algo.tensor.TensorSource;
import org.wardfl.algo.tensor.TensorSpec;

/// An update whose tensors have the roles that the received model gives them.
///
/// What is averaged, clipped and noised hangs on the role. Algorithms mostly return plain tensors,
/// as MONAI's do, which know no roles; and one that calls a parameter a constant must not get it
/// past a filter.
final class InModelRoles implements TensorSource {

  private final TensorSource update;
  private final Map<String, TensorSpec> own = new LinkedHashMap<>();
  private final List<TensorSpec> specs;

  /// @param update has no tensor that the model lacks
  InModelRoles(TensorSource update, TensorSource model) {
    this.update = update;
    update.specs().forEach(spec -> own.put(spec.name(), spec));
    this.specs =
        own.values().stream()
            .map(spec -> spec.withRole(model.spec(spec.name()).orElseThrow().role()))
            .toList();
  }

  @Override
  public List<TensorSpec> specs() {
    return specs;
  }

  @Override
  public Map<String, String> aliases() {
    return update.aliases();
  }

  @Override
  public void read(TensorSpec spec, long firstByte, MemorySegment into) throws IOException {
    var asReturned = own.get(spec.name());
    if (asReturned == null) {
      throw new IllegalArgumentException("no tensor " + spec.name());
    }
    update.read(asReturned, firstByte, into);
  }
}
