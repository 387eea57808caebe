package org.wardfl.gpu.device;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import jcuda.driver.CUdevice;
import jcuda.driver.CUresult;
import jcuda.driver.CUuuid;
import jcuda.driver.JCudaDriver;

/// Asks the CUDA driver which devices there are. Without a driver there are none.
///
/// Source: CUDA driver API, "Device Management" (`cuDeviceGet…`), through JCuda.
public final class Devices {

  private static final int NAME_BYTES = 256;

  private Devices() {}

  /// The devices that this process may see, in the driver's order.
  public static List<Device> find() {
    try {
      return asked();
    } catch (LinkageError _) {
      // No driver, or none that this JCuda knows.
      return List.of();
    }
  }

  private static List<Device> asked() {
    var count = new int[1];
    if (JCudaDriver.cuInit(0) != CUresult.CUDA_SUCCESS
        || JCudaDriver.cuDeviceGetCount(count) != CUresult.CUDA_SUCCESS) {
      return List.of();
    }
    var devices = new ArrayList<Device>();
    for (int i = 0; i < count[0]; i++) {
      var device = new CUdevice();
      var name = new byte[NAME_BYTES];
      var memory = new long[1];
      var uuid = new CUuuid();
      if (JCudaDriver.cuDeviceGet(device, i) == CUresult.CUDA_SUCCESS
          && JCudaDriver.cuDeviceGetName(name, NAME_BYTES, device) == CUresult.CUDA_SUCCESS
          && JCudaDriver.cuDeviceTotalMem(memory, device) == CUresult.CUDA_SUCCESS
          && JCudaDriver.cuDeviceGetUuid(uuid, device) == CUresult.CUDA_SUCCESS) {
        devices.add(new Device(i, uuid(uuid.bytes), memory[0], name(name)));
      }
    }
    return devices;
  }

  private static String name(byte[] bytes) {
    int length = 0;
    while (length < bytes.length && bytes[length] != 0) {
      length++;
    }
    return new String(bytes, 0, length, StandardCharsets.US_ASCII);
  }

  private static String uuid(byte[] bytes) {
    var digits = HexFormat.of().formatHex(bytes);
    return "GPU-"
        + String.join(
            "-",
            digits.substring(0, 8),
            digits.substring(8, 12),
            digits.substring(12, 16),
            digits.substring(16, 20),
            digits.substring(20));
  }
}
