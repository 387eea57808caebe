package org.wardfl.algo.tensor;

import java.util.Objects;

/// All that is known about a tensor but its values.
///
/// @param name unique within a model, as the training framework calls it (`conv1.weight`)
/// @param dtype type of the elements
/// @param shape extents, row-major
/// @param role what the tensor is to the training
public record TensorSpec(String name, DType dtype, Shape shape, Role role) {

  /// Checks the name and the size.
  ///
  /// @throws IllegalArgumentException if the name is empty, longer than 1,024 characters, reserved
  ///   (`__metadata__`), holds control characters or is no text that UTF-8 can write, or the size
  ///   exceeds 63 bits
  public TensorSpec {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(dtype, "dtype");
    Objects.requireNonNull(shape, "shape");
    Objects.requireNonNull(role, "role");
    if (name.isEmpty() || name.length() > 1024 || name.equals("__metadata__")) {
      throw new IllegalArgumentException("not a tensor name: '" + name + "'");
    }
    if (name.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("control character in a tensor name");
    }
    if (name.codePoints().anyMatch(c -> Character.getType(c) == Character.SURROGATE)) {
      throw new IllegalArgumentException("half a character (a lone surrogate) in a tensor name");
    }
    if (shape.elements() > Long.MAX_VALUE / dtype.sizeBytes()) {
      throw new IllegalArgumentException(
          "tensor " + name + " of shape " + shape + " exceeds 2^63 - 1 bytes");
    }
  }

  /// A tensor with the role that its type suggests ([Role#defaultFor]).
  public static TensorSpec of(String name, DType dtype, long... extents) {
    return new TensorSpec(name, dtype, Shape.of(extents), Role.defaultFor(dtype));
  }

  /// The size of the values in bytes.
  public long sizeBytes() {
    return shape.elements() * dtype.sizeBytes();
  }

  /// The same tensor under another name.
  public TensorSpec named(String other) {
    return new TensorSpec(other, dtype, shape, role);
  }

  /// The same tensor in another role.
  public TensorSpec withRole(Role other) {
    return new TensorSpec(name, dtype, shape, other);
  }
}
