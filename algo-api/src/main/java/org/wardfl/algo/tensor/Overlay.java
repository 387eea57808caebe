package org.wardfl.algo.tensor;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A source in which some tensors have the values that another one has for them.
public final class Overlay implements TensorSource {

  private final TensorSource base;
  private final TensorSource over;

  private Overlay(TensorSource base, TensorSource over) {
    this.base = base;
    this.over = over;
  }

  /// The tensors of the base; the values of those that `over` has, too, come from there.
  ///
  /// @throws IllegalArgumentException if `over` has a tensor that the base lacks, or has in another
  ///   type or shape
  public static TensorSource of(TensorSource base, TensorSource over) {
    for (var spec : over.specs()) {
      var below = base.spec(spec.name());
      if (below.isEmpty()
          || below.get().dtype() != spec.dtype()
          || !below.get().shape().equals(spec.shape())) {
        throw new IllegalArgumentException(
            "tensor "
                + spec.name()
                + ": "
                + spec.dtype()
                + spec.shape()
                + ", expected "
                + below.map(found -> found.dtype().toString() + found.shape()).orElse("none"));
      }
    }
    return over.specs().isEmpty() ? base : new Overlay(base, over);
  }

  @Override
  public List<TensorSpec> specs() {
    return base.specs();
  }

  @Override
  public Map<String, String> aliases() {
    return base.aliases();
  }

  @Override
  public void read(TensorSpec spec, long firstByte, MemorySegment into) throws IOException {
    Optional<TensorSpec> replaced = over.spec(spec.name());
    if (replaced.isPresent()) {
      over.read(replaced.get(), firstByte, into);
    } else {
      base.read(spec, firstByte, into);
    }
  }
}
