package org.wardfl.algo.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Decodes and encodes blocks of elements of one type, by way of an array that is reused.
///
/// A block is copied in bulk into an array of the type's own width and converted there by a plain
/// loop, which runs at the speed of a memory copy; element-wise access to a segment does not. Not
/// thread-safe; one per thread.
public final class Elements {

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

  private final DType dtype;
  private final int capacity;
  private final float[] floats;
  private final short[] shorts;
  private final int[] ints;
  private final long[] longs;
  private final byte[] bytes;

  /// A codec for blocks of at most so many elements.
  public Elements(DType dtype, int capacity) {
    this.dtype = dtype;
    this.capacity = capacity;
    floats = new float[dtype == DType.F32 ? capacity : 0];
    shorts = new short[dtype.sizeBytes() == 2 ? capacity : 0];
    ints = new int[dtype == DType.I32 || dtype == DType.U32 ? capacity : 0];
    longs = new long[dtype == DType.I64 || dtype == DType.U64 ? capacity : 0];
    bytes = new byte[dtype.sizeBytes() == 1 ? capacity : 0];
  }

  /// Converts a block to doubles; 64-bit integers beyond 53 bits are rounded.
  ///
  /// @param block its size gives the number of elements
  /// @param into receives them from index 0
  public void decode(MemorySegment block, double[] into) {
    int count = count(block);
    switch (dtype) {
      case F32 -> {
        MemorySegment.copy(block, FLOAT, 0, floats, 0, count);
        for (int i = 0; i < count; i++) {
          into[i] = floats[i];
        }
      }
      case F64 -> MemorySegment.copy(block, DOUBLE, 0, into, 0, count);
      case F16 -> {
        MemorySegment.copy(block, SHORT, 0, shorts, 0, count);
        for (int i = 0; i < count; i++) {
          into[i] = Float.float16ToFloat(shorts[i]);
        }
      }
      case BF16 -> {
        MemorySegment.copy(block, SHORT, 0, shorts, 0, count);
        for (int i = 0; i < count; i++) {
          into[i] = Float.intBitsToFloat(shorts[i] << 16);
        }
      }
      case U64 -> {
        MemorySegment.copy(block, LONG, 0, longs, 0, count);
        for (int i = 0; i < count; i++) {
          into[i] = unsigned(longs[i]);
        }
      }
      case I64 -> {
        MemorySegment.copy(block, LONG, 0, longs, 0, count);
        for (int i = 0; i < count; i++) {
          into[i] = longs[i];
        }
      }
      case I8, U8, I16, U16, I32, U32, BOOL -> {
        var whole = new long[count];
        decodeIntegers(block, whole);
        for (int i = 0; i < count; i++) {
          into[i] = whole[i];
        }
      }
    }
  }

  /// Converts a block of an integer type; U64 as the same 64 bits, BOOL as 0 or 1.
  ///
  /// @throws IllegalStateException if the type is floating
  public void decodeIntegers(MemorySegment block, long[] into) {
    int count = count(block);
    switch (dtype) {
      case I64, U64 -> MemorySegment.copy(block, LONG, 0, into, 0, count);
      case I32, U32 -> {
        MemorySegment.copy(block, INT, 0, ints, 0, count);
        for (int i = 0; i < count; i++) {
          into[i] = dtype == DType.I32 ? ints[i] : Integer.toUnsignedLong(ints[i]);
        }
      }
      case I16, U16 -> {
        MemorySegment.copy(block, SHORT, 0, shorts, 0, count);
        for (int i = 0; i < count; i++) {
          into[i] = dtype == DType.I16 ? shorts[i] : Short.toUnsignedLong(shorts[i]);
        }
      }
      case I8, U8, BOOL -> {
        MemorySegment.copy(block, BYTE, 0, bytes, 0, count);
        for (int i = 0; i < count; i++) {
          into[i] = dtype == DType.I8 ? bytes[i] : Byte.toUnsignedLong(bytes[i]);
        }
      }
      case F16, BF16, F32, F64 ->
          throw new IllegalStateException(dtype + " is not an integer type");
    }
  }

  /// Converts doubles to a block, rounding to nearest even for floating types and truncating toward
  /// zero, within the type's range, for integers.
  ///
  /// @param values from index 0
  /// @param block its size gives the number of elements
  public void encode(double[] values, MemorySegment block) {
    int count = count(block);
    switch (dtype) {
      case F32 -> {
        for (int i = 0; i < count; i++) {
          floats[i] = (float) values[i];
        }
        MemorySegment.copy(floats, 0, block, FLOAT, 0, count);
      }
      case F64 -> MemorySegment.copy(values, 0, block, DOUBLE, 0, count);
      case F16 -> {
        for (int i = 0; i < count; i++) {
          shorts[i] = toFloat16(values[i]);
        }
        MemorySegment.copy(shorts, 0, block, SHORT, 0, count);
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          shorts[i] = toBfloat16((float) values[i]);
        }
        MemorySegment.copy(shorts, 0, block, SHORT, 0, count);
      }
      case I8, U8, I16, U16, I32, U32, I64, U64, BOOL -> {
        var whole = new long[count];
        for (int i = 0; i < count; i++) {
          whole[i] = truncate(values[i]);
        }
        encodeIntegers(whole, block);
      }
    }
  }

  /// Converts whole numbers to a block of an integer type, keeping the low bits.
  ///
  /// @throws IllegalStateException if the type is floating
  public void encodeIntegers(long[] values, MemorySegment block) {
    int count = count(block);
    switch (dtype) {
      case I64, U64 -> MemorySegment.copy(values, 0, block, LONG, 0, count);
      case I32, U32 -> {
        for (int i = 0; i < count; i++) {
          ints[i] = (int) values[i];
        }
        MemorySegment.copy(ints, 0, block, INT, 0, count);
      }
      case I16, U16 -> {
        for (int i = 0; i < count; i++) {
          shorts[i] = (short) values[i];
        }
        MemorySegment.copy(shorts, 0, block, SHORT, 0, count);
      }
      case I8, U8, BOOL -> {
        for (int i = 0; i < count; i++) {
          bytes[i] = (byte) values[i];
        }
        MemorySegment.copy(bytes, 0, block, BYTE, 0, count);
      }
      case F16, BF16, F32, F64 ->
          throw new IllegalStateException(dtype + " is not an integer type");
    }
  }

  private int count(MemorySegment block) {
    long count = block.byteSize() / dtype.sizeBytes();
    if (count > capacity) {
      throw new IllegalArgumentException(
          "block of " + count + " elements, expected at most " + capacity);
    }
    return (int) count;
  }

  private long truncate(double value) {
    return switch (dtype) {
      case BOOL -> value == 0 ? 0 : 1;
      case I8 -> (long) Math.clamp(value, Byte.MIN_VALUE, Byte.MAX_VALUE);
      case I16 -> (long) Math.clamp(value, Short.MIN_VALUE, Short.MAX_VALUE);
      case I32 -> (long) Math.clamp(value, Integer.MIN_VALUE, Integer.MAX_VALUE);
      case U8 -> (long) Math.clamp(value, 0.0, 0xffp0);
      case U16 -> (long) Math.clamp(value, 0.0, 0xffffp0);
      case U32 -> (long) Math.clamp(value, 0.0, 0xffffffffp0);
      case U64 ->
          value < 0x1p63
              ? (long) Math.max(value, 0)
              : (long) Math.min(value - 0x1p63, 0x1.fffffffffffffp62) ^ Long.MIN_VALUE;
      case I64, F16, BF16, F32, F64 -> (long) value;
    };
  }

  private static double unsigned(long bits) {
    // Halve without losing the lowest bit, so that the conversion rounds once.
    return bits >= 0 ? bits : ((bits >>> 1) | (bits & 1)) * 2.0;
  }

  private static short toFloat16(double value) {
    // Through float, rounded to odd first so that the second rounding cannot go wrong.
    float near = (float) value;
    if (near != value && Float.isFinite(near) && (Float.floatToRawIntBits(near) & 1) == 0) {
      near = Math.abs(near) > Math.abs(value) ? towardZero(near) : awayFromZero(near);
    }
    return Float.floatToFloat16(near);
  }

  private static float towardZero(float value) {
    return Float.intBitsToFloat(Float.floatToRawIntBits(value) - 1);
  }

  private static float awayFromZero(float value) {
    return Float.intBitsToFloat(Float.floatToRawIntBits(value) + 1);
  }

  private static short toBfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> 16) | 0x40);
    }
    return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
  }
}
