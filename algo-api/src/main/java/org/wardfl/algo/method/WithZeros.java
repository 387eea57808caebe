package org.wardfl.algo.method;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.wardfl.algo.tensor.Role;
import org.wardfl.algo.tensor.TensorSource;
import org.wardfl.algo.tensor.TensorSpec;

/// A model and a zero control variate for each of its parameters.
final class WithZeros implements TensorSource {

  private final TensorSource model;
  private final List<TensorSpec> specs;

  WithZeros(TensorSource model) {
    this.model = model;
    var all = new ArrayList<>(model.specs());
    model.specs().stream()
        .filter(spec -> spec.role() == Role.PARAMETER)
        .map(ControlVariates::variate)
        .forEach(all::add);
    this.specs = List.copyOf(all);
  }

  @Override
  public List<TensorSpec> specs() {
    return specs;
  }

  @Override
  public Map<String, String> aliases() {
    return model.aliases();
  }

  @Override
  public void read(TensorSpec spec, long firstByte, MemorySegment into) throws IOException {
    if (ControlVariates.isVariate(spec, this)) {
      into.fill((byte) 0);
    } else {
      model.read(spec, firstByte, into);
    }
  }
}
