package org.wardfl.gpu.network;

import ai.djl.ndarray.NDArray;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.ModelPayload;
import org.wardfl.algo.tensor.Role;
import org.wardfl.algo.tensor.TensorSpec;
import org.wardfl.gpu.torch.Torch;

/// A model that was received for a [Script]: which of its tensors stand for which of the script's.
///
/// A model may have a tensor that the script ties as an alias, as several equal tensors, or once.
final class ScriptWeights {

  private static final long BLOCK_BYTES = 1 << 18;

  private final ModelPayload model;
  private final Map<String, TensorSpec> script;
  private final Map<String, TensorSpec> first = new HashMap<>();

  /// @throws AlgoException.InvalidModel if a tensor is missing, unknown, of another type or shape,
  ///   or tied to others than in the script
  ScriptWeights(Script.Prepared script, ModelPayload model) throws AlgoException.InvalidModel {
    this.model = model;
    this.script = script.names();
    for (var spec : model.weights().specs()) {
      var own = own(spec.name());
      first.putIfAbsent(own.name(), spec);
      var _ = model.spec(spec.name(), own.dtype(), extents(own));
    }
    for (var alias : model.weights().aliases().entrySet()) {
      if (!own(alias.getKey()).equals(own(alias.getValue()))) {
        throw new AlgoException.InvalidModel(
            "tensors "
                + alias.getKey()
                + " and "
                + alias.getValue()
                + " are one tensor in the received model and two in the script");
      }
    }
    for (var spec : script.specs()) {
      if (!first.containsKey(spec.name())) {
        throw new AlgoException.InvalidModel(
            "tensor " + spec.name() + " is not in the received model");
      }
    }
  }

  private TensorSpec own(String name) throws AlgoException.InvalidModel {
    var own = script.get(name);
    if (own == null) {
      throw new AlgoException.InvalidModel(
          "the received model has a tensor "
              + name
              + ", which is neither a parameter nor a buffer of the script");
    }
    return own;
  }

  private static long[] extents(TensorSpec spec) {
    return spec.shape().extents().stream().mapToLong(Long::longValue).toArray();
  }

  /// Checks that libtorch has the tensors that the archive says, tied as it says.
  ///
  /// @throws AlgoException.Configuration if it has others
  void checkAgainst(Map<String, NDArray> loaded, Torch torch) throws AlgoException.Configuration {
    if (!loaded.keySet().equals(script.keySet())) {
      throw new AlgoException.Configuration(
          "argument `network`: libtorch finds the tensors "
              + new TreeMap<>(loaded).keySet()
              + " in the script, expected "
              + script.keySet());
    }
    if (torch.manager().getDevice().isGpu()) {
      return;
    }
    var places = new TreeMap<Long, String>();
    for (var entry : script.entrySet()) {
      var memory = memory(loaded, entry.getKey());
      var own = entry.getValue().name();
      if (memory.byteSize() > 0) {
        var there = places.putIfAbsent(memory.address(), own);
        if (memory.address() != memory(loaded, own).address()
            || (there != null && !there.equals(own))) {
          throw shared(entry.getKey());
        }
      }
    }
    long end = 0;
    for (var place : places.entrySet()) {
      if (place.getKey() < end) {
        throw shared(place.getValue());
      }
      end = place.getKey() + memory(loaded, place.getValue()).byteSize();
    }
  }

  private static MemorySegment memory(Map<String, NDArray> loaded, String name) {
    return Torch.memory(Objects.requireNonNull(loaded.get(name), name));
  }

  private static AlgoException.Configuration shared(String name) {
    return new AlgoException.Configuration(
        "argument `network`: "
            + name
            + " shares a part of its memory with another tensor of the script; call .clone() on it"
            + " before torch.jit.script");
  }

  /// Whether the script's tensor takes its values from this one of the model.
  boolean isFirst(TensorSpec spec) throws AlgoException.InvalidModel {
    return spec.equals(first.get(own(spec.name()).name()));
  }

  /// What the script's tensor is to the training.
  Role role(TensorSpec spec) throws AlgoException.InvalidModel {
    return own(spec.name()).role();
  }

  /// Checks that a tensor which the script ties to an earlier one has the same values.
  ///
  /// @throws AlgoException.InvalidModel if it has others
  /// @throws AlgoException.Failure if it cannot be read
  void checkEqual(TensorSpec spec) throws AlgoException.InvalidModel, AlgoException.Failure {
    var other = Objects.requireNonNull(first.get(own(spec.name()).name()));
    try (var arena = Arena.ofConfined()) {
      var one = arena.allocate(BLOCK_BYTES);
      var two = arena.allocate(BLOCK_BYTES);
      for (long at = 0; at < spec.sizeBytes(); at += BLOCK_BYTES) {
        long size = Math.min(BLOCK_BYTES, spec.sizeBytes() - at);
        model.weights().read(spec, at, one.asSlice(0, size));
        model.weights().read(other, at, two.asSlice(0, size));
        if (MemorySegment.mismatch(one, 0, size, two, 0, size) >= 0) {
          throw new AlgoException.InvalidModel(
              "tensors "
                  + other.name()
                  + " and "
                  + spec.name()
                  + " of the received model differ, expected equal values: the script has them as"
                  + " one tensor");
        }
      }
    } catch (IOException e) {
      throw new AlgoException.Failure("tensor " + spec.name() + " cannot be read", e);
    }
  }
}
