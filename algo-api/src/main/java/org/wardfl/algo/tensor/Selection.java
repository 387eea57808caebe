package org.wardfl.algo.tensor;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// Some of the tensors of another source, read through it.
public final class Selection implements TensorSource {

  private final TensorSource source;
  private final List<TensorSpec> specs;
  private final Map<String, String> aliases;

  private Selection(TensorSource source, List<TensorSpec> specs) {
    this.source = source;
    this.specs = List.copyOf(specs);
    var names = this.specs.stream().map(TensorSpec::name).toList();
    var kept = new LinkedHashMap<>(source.aliases());
    kept.values().retainAll(names);
    this.aliases = Map.copyOf(kept);
  }

  /// The tensors that fulfil the condition, in the source's order, with their aliases.
  public static Selection of(TensorSource source, Predicate<TensorSpec> condition) {
    return new Selection(source, source.specs().stream().filter(condition).toList());
  }

  @Override
  public List<TensorSpec> specs() {
    return specs;
  }

  @Override
  public Map<String, String> aliases() {
    return aliases;
  }

  @Override
  public void read(TensorSpec spec, long firstByte, MemorySegment into) throws IOException {
    if (!specs.contains(spec)) {
      throw new IllegalArgumentException("no tensor " + spec.name());
    }
    source.read(spec, firstByte, into);
  }
}
