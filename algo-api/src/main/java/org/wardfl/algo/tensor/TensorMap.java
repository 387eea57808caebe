package org.wardfl.algo.tensor;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Tensors in memory, in order and immutable. Aliased tensors are stored once.
public final class TensorMap implements TensorSource {

  private final Map<String, Tensor> tensors;
  private final List<TensorSpec> specs;
  private final Map<String, String> aliases;

  private TensorMap(Map<String, Tensor> tensors, Map<String, String> aliases) {
    this.tensors = Collections.unmodifiableMap(tensors);
    this.specs = tensors.values().stream().map(Tensor::spec).toList();
    this.aliases = Collections.unmodifiableMap(aliases);
  }

  /// A builder that keeps the order in which tensors are added.
  public static Builder builder() {
    return new Builder();
  }

  /// The tensors in this order.
  ///
  /// @throws IllegalArgumentException on a repeated name
  public static TensorMap of(Tensor... tensors) {
    var builder = builder();
    for (var tensor : tensors) {
      builder.add(tensor);
    }
    return builder.build();
  }

  /// The tensor of that name or alias.
  ///
  /// @throws IllegalArgumentException if there is none
  public Tensor tensor(String name) {
    var tensor = tensors.get(aliases.getOrDefault(name, name));
    if (tensor == null) {
      throw new IllegalArgumentException("no tensor " + name + "; there are " + tensors.keySet());
    }
    return tensor;
  }

  /// Whether there is a tensor of that name or alias.
  public boolean contains(String name) {
    return tensors.containsKey(aliases.getOrDefault(name, name));
  }

  /// How many tensors there are, aliases not counted.
  public int size() {
    return specs.size();
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
  public Optional<TensorSpec> spec(String name) {
    return Optional.ofNullable(tensors.get(aliases.getOrDefault(name, name))).map(Tensor::spec);
  }

  @Override
  public void read(TensorSpec spec, long firstByte, MemorySegment into) {
    var tensor = tensors.get(spec.name());
    if (tensor == null) {
      throw new IllegalArgumentException("no tensor " + spec.name());
    }
    MemorySegment.copy(tensor.data(), firstByte, into, 0, into.byteSize());
  }

  /// Collects tensors and aliases.
  public static final class Builder {

    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private final Map<String, String> aliases = new LinkedHashMap<>();

    private Builder() {}

    /// Adds a tensor.
    ///
    /// @throws IllegalArgumentException if the name is taken
    public Builder add(Tensor tensor) {
      if (tensors.put(tensor.spec().name(), tensor) != null) {
        throw new IllegalArgumentException("tensor " + tensor.spec().name() + " is given twice");
      }
      return this;
    }

    /// Adds a further name for a tensor.
    ///
    /// @throws IllegalArgumentException if the alias is taken
    public Builder alias(String alias, String name) {
      if (aliases.put(alias, name) != null) {
        throw new IllegalArgumentException("alias " + alias + " is given twice");
      }
      return this;
    }

    /// The map.
    ///
    /// @throws IllegalArgumentException if an alias names no tensor, or has the name of one
    public TensorMap build() {
      var names = new ArrayList<>(aliases.entrySet());
      var taken = new HashSet<>(tensors.keySet());
      for (var alias : names) {
        if (!tensors.containsKey(alias.getValue())) {
          throw new IllegalArgumentException(
              "alias " + alias.getKey() + " names no tensor: " + alias.getValue());
        }
        if (!taken.add(alias.getKey())) {
          throw new IllegalArgumentException(
              "alias " + alias.getKey() + " is also a tensor's name");
        }
      }
      return new TensorMap(new LinkedHashMap<>(tensors), new LinkedHashMap<>(aliases));
    }
  }
}
