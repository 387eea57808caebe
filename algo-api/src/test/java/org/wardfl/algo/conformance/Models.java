package org.wardfl.algo.conformance;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.wardfl.algo.tensor.DType;
import org.wardfl.algo.tensor.Elements;
import org.wardfl.algo.tensor.Shape;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.algo.tensor.TensorSource;
import org.wardfl.algo.tensor.TensorSpec;

/// Copies of models, whole or with one thing changed.
final class Models {

  private Models() {}

  /// A copy that shares nothing with the source.
  static TensorMap copy(TensorSource source) throws IOException {
    var builder = TensorMap.builder();
    for (var spec : source.specs()) {
      var data = Arena.ofAuto().allocate(spec.sizeBytes(), 64);
      source.read(spec, 0, data);
      builder.add(Tensor.of(spec, data));
    }
    source.aliases().forEach(builder::alias);
    return builder.build();
  }

  /// Without a tensor and its aliases.
  static TensorMap without(TensorMap model, TensorSpec spec) {
    return changed(model, spec, _ -> Optional.empty());
  }

  /// With one tensor more.
  static TensorMap with(TensorMap model, Tensor further) {
    var builder = TensorMap.builder();
    for (var spec : model.specs()) {
      builder.add(model.tensor(spec.name()));
    }
    model.aliases().forEach(builder::alias);
    return builder.add(further).build();
  }

  /// With one tensor in another shape: one more along the first extent, or a vector of one for a
  /// scalar.
  static TensorMap reshaped(TensorMap model, TensorSpec spec) {
    var extents = new ArrayList<>(spec.shape().extents());
    if (extents.isEmpty()) {
      extents.add(1L);
    } else {
      extents.set(0, extents.getFirst() + 1);
    }
    return changed(
        model, spec, _ -> Optional.of(zeros(spec, spec.dtype(), new Shape(List.copyOf(extents)))));
  }

  /// With one tensor of another type: F32 instead of F64, F64 instead of all others.
  static TensorMap retyped(TensorMap model, TensorSpec spec) {
    var other = spec.dtype() == DType.F64 ? DType.F32 : DType.F64;
    return changed(model, spec, _ -> Optional.of(zeros(spec, other, spec.shape())));
  }

  /// With another value for the last element of a tensor.
  static TensorMap withLast(TensorMap model, TensorSpec spec, double value) {
    return changed(
        model,
        spec,
        tensor -> Optional.of(withValues(tensor, values -> values[values.length - 1] = value)));
  }

  /// Another model of the same structure, in which positive values stay positive.
  static TensorMap nudged(TensorMap model) {
    var result = model;
    for (var spec : model.specs()) {
      if (spec.dtype().isFloating()) {
        result = changed(result, spec, tensor -> Optional.of(withValues(tensor, Models::nudge)));
      }
    }
    return result;
  }

  private static void nudge(double[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = values[i] * 0.875 + 0x1p-6;
    }
  }

  private static Tensor withValues(Tensor tensor, Consumer<double[]> change) {
    var values = tensor.toDoubles();
    change.accept(values);
    var data = Arena.ofAuto().allocate(tensor.spec().sizeBytes(), 64);
    new Elements(tensor.spec().dtype(), values.length).encode(values, data);
    return Tensor.of(tensor.spec(), data);
  }

  private static Tensor zeros(TensorSpec spec, DType dtype, Shape shape) {
    var other = new TensorSpec(spec.name(), dtype, shape, spec.role());
    return Tensor.of(other, Arena.ofAuto().allocate(other.sizeBytes(), 64));
  }

  private static TensorMap changed(
      TensorMap model, TensorSpec which, Function<Tensor, Optional<Tensor>> change) {
    var builder = TensorMap.builder();
    var kept = new ArrayList<String>();
    for (var spec : model.specs()) {
      var tensor = model.tensor(spec.name());
      var result = spec.equals(which) ? change.apply(tensor) : Optional.of(tensor);
      result.ifPresent(one -> {
        builder.add(one);
        kept.add(spec.name());
      });
    }
    model
        .aliases()
        .forEach((alias, name) -> {
          if (kept.contains(name)) {
            builder.alias(alias, name);
          }
        });
    return builder.build();
  }
}
