package org.wardfl.gpu.imaging.nifti;

import java.nio.ByteBuffer;
import org.wardfl.gpu.imaging.ImageException;

/// How a NIfTI file stores a value.
enum NiftiType {
  UINT8(2, 1),
  INT16(4, 2),
  INT32(8, 4),
  FLOAT32(16, 4),
  FLOAT64(64, 8),
  INT8(256, 1),
  UINT16(512, 2),
  UINT32(768, 4);

  private final int code;
  private final int bytes;

  NiftiType(int code, int bytes) {
    this.code = code;
    this.bytes = bytes;
  }

  static NiftiType of(int code) throws ImageException {
    for (var type : values()) {
      if (type.code == code) {
        return type;
      }
    }
    throw new ImageException(
        "values of NIfTI type "
            + code
            + switch (code) {
              case 32, 1792, 2048 -> " (complex)";
              case 128, 2304 -> " (colours)";
              case 1024, 1280 -> " (64-bit integers)";
              default -> "";
            }
            + ", expected real numbers of 8 to 32 bits, or float64");
  }

  int code() {
    return code;
  }

  int bytes() {
    return bytes;
  }

  double read(ByteBuffer from, int at) {
    return switch (this) {
      case UINT8 -> from.get(at) & 0xFF;
      case INT16 -> from.getShort(at);
      case INT32 -> from.getInt(at);
      case FLOAT32 -> from.getFloat(at);
      case FLOAT64 -> from.getDouble(at);
      case INT8 -> from.get(at);
      case UINT16 -> from.getShort(at) & 0xFFFF;
      case UINT32 -> from.getInt(at) & 0xFFFFFFFFL;
    };
  }
}
