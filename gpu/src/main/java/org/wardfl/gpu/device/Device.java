package org.wardfl.gpu.device;

/// A CUDA device.
///
/// @param index its number, as `CUDA_VISIBLE_DEVICES` counts
/// @param uuid its driver's name for it, 32 hexadecimal digits in groups after `GPU-`, as
///   `nvidia-smi -L` prints it
/// @param memoryBytes all its memory
/// @param name what its maker calls it
public record Device(int index, String uuid, long memoryBytes, String name) {

  /// The device as one line, its parts between tabs in this order.
  public String line() {
    return index + "\t" + uuid + "\t" + memoryBytes + "\t" + name.replaceAll("\\p{Cntrl}", " ");
  }
}
