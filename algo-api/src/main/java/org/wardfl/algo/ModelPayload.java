package org.wardfl.algo;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Objects;
import org.wardfl.algo.tensor.DType;
import org.wardfl.algo.tensor.Shape;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorSource;
import org.wardfl.algo.tensor.TensorSpec;

/// Weights on their way to or from an algorithm.
///
/// What an algorithm returns must be a snapshot: later training must not show through it. What it
/// receives is read-only and valid until the call that received it returns; an algorithm that keeps
/// the weights copies them.
///
/// @param weights the tensors
/// @param type model or difference
public record ModelPayload(TensorSource weights, WeightType type) implements ExchangeObject {

  /// Checks that both parts are there.
  public ModelPayload {
    Objects.requireNonNull(weights, "weights");
    Objects.requireNonNull(type, "type");
  }

  /// This payload, if it has no other tensors: an algorithm must not overlook what it does not
  /// know.
  ///
  /// @param names all tensors that the algorithm reads
  /// @throws AlgoException.InvalidModel if there is any other
  public ModelPayload only(String... names) throws AlgoException.InvalidModel {
    var expected = List.of(names);
    for (var spec : weights.specs()) {
      if (!expected.contains(spec.name())) {
        throw new AlgoException.InvalidModel(
            "the received model has a tensor "
                + spec.name()
                + ", expected "
                + String.join(", ", expected)
                + " and no other");
      }
    }
    return this;
  }

  /// A copy of one tensor, which stays valid after the call that received the payload.
  ///
  /// @param dtype the type that it must have
  /// @param extents the shape that it must have
  /// @throws AlgoException.InvalidModel if there is no such tensor, or it has another type or shape
  /// @throws AlgoException.NonFinite if a value is NaN or infinite
  /// @throws AlgoException.Failure if it cannot be read
  public Tensor tensor(String name, DType dtype, long... extents) throws AlgoException {
    var spec = spec(name, dtype, extents);
    try {
      var data = Arena.ofAuto().allocate(spec.sizeBytes(), 64);
      weights.read(spec, 0, data);
      var tensor = Tensor.of(spec, data);
      if (!tensor.isFinite()) {
        throw new AlgoException.NonFinite(
            "tensor " + name + " of the received model holds NaN or infinity");
      }
      return tensor;
    } catch (IOException e) {
      throw new AlgoException.Failure("tensor " + name + " cannot be read", e);
    }
  }

  /// What is known of one tensor, for those who read its data from [#weights] themselves.
  ///
  /// @param dtype the type that it must have
  /// @param extents the shape that it must have
  /// @throws AlgoException.InvalidModel if there is no such tensor, or it has another type or shape
  public TensorSpec spec(String name, DType dtype, long... extents)
      throws AlgoException.InvalidModel {
    var spec =
        weights
            .spec(name)
            .orElseThrow(() ->
                new AlgoException.InvalidModel("tensor " + name + " is not in the received model"));
    if (spec.dtype() != dtype || !spec.shape().equals(Shape.of(extents))) {
      throw new AlgoException.InvalidModel(
          "tensor "
              + name
              + ": "
              + spec.dtype()
              + spec.shape()
              + ", expected "
              + dtype
              + Shape.of(extents));
    }
    return spec;
  }
}
