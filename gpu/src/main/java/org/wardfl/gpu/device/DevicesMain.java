package org.wardfl.gpu.device;

/// Prints the machine's CUDA devices, one a line as [Device#line()] has it, and ends.
public final class DevicesMain {

  private DevicesMain() {}

  /// Prints them.
  ///
  /// @param arguments none
  public static void main(String... arguments) {
    for (var device : Devices.find()) {
      System.out.println(device.line());
    }
  }
}
