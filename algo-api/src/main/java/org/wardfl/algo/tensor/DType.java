package org.wardfl.algo.tensor;

/// The element types of a tensor, with their names in the safetensors format.
///
/// All are little-endian. `F16` is IEEE 754 binary16, `BF16` the upper half of a binary32.
public enum DType {
  /// IEEE 754 binary16.
  F16(2, true, false),
  /// The upper sixteen bits of a binary32.
  BF16(2, true, false),
  /// IEEE 754 binary32.
  F32(4, true, false),
  /// IEEE 754 binary64.
  F64(8, true, false),
  /// Signed 8-bit integer.
  I8(1, false, true),
  /// Unsigned 8-bit integer.
  U8(1, false, false),
  /// Signed 16-bit integer.
  I16(2, false, true),
  /// Unsigned 16-bit integer.
  U16(2, false, false),
  /// Signed 32-bit integer.
  I32(4, false, true),
  /// Unsigned 32-bit integer.
  U32(4, false, false),
  /// Signed 64-bit integer.
  I64(8, false, true),
  /// Unsigned 64-bit integer.
  U64(8, false, false),
  /// One byte, 0 or 1.
  BOOL(1, false, false);

  private final int sizeBytes;
  private final boolean floating;
  private final boolean signed;

  DType(int sizeBytes, boolean floating, boolean signed) {
    this.sizeBytes = sizeBytes;
    this.floating = floating;
    this.signed = signed || floating;
  }

  /// Bytes of one element.
  public int sizeBytes() {
    return sizeBytes;
  }

  /// Whether the type is a floating-point type.
  public boolean isFloating() {
    return floating;
  }

  /// Whether the type can hold negative values.
  public boolean isSigned() {
    return signed;
  }
}
