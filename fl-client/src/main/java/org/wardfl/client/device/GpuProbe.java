package org.wardfl.client.device;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Finds the CUDA devices of this machine.
///
/// A short process asks the driver: CUDA that was once begun in a process stays there, and what may
/// crash in a driver must not end the agent.
public final class GpuProbe {

  // In a module that this one does not know; a site without it has no devices.
  private static final String MAIN = "org.wardfl.gpu.device.DevicesMain";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private GpuProbe() {}

  /// A device.
  ///
  /// @param index its number, as `CUDA_VISIBLE_DEVICES` counts
  /// @param uuid its driver's name for it
  /// @param memoryBytes all its memory
  /// @param name what its maker calls it
  public record Gpu(int index, String uuid, long memoryBytes, String name) {}

  /// The devices; none where there is no driver, or no answer within 30 s.
  ///
  /// @param java the executable that the process runs on
  /// @param classPath of the process
  /// @throws IOException if the process cannot be started
  /// @throws InterruptedException if the thread is interrupted
  public static List<Gpu> find(Path java, String classPath)
      throws IOException, InterruptedException {
    var builder =
        new ProcessBuilder(
                java.toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath,
                MAIN)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("CUDA_DEVICE_ORDER", "PCI_BUS_ID");
    var process = builder.start();
    process.getOutputStream().close();
    // A driver that hangs closes nothing, so the end of the process is waited for first; what it
    // prints fits into a pipe.
    if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly();
      return List.of();
    }
    try (var said = process.getInputStream()) {
      return process.exitValue() == 0
          ? read(new String(said.readAllBytes(), StandardCharsets.UTF_8))
          : List.of();
    }
  }

  static List<Gpu> read(String text) {
    var found = new ArrayList<Gpu>();
    for (var line : text.lines().toList()) {
      var parts = line.split("\t", -1);
      if (parts.length == 4 && parts[0].matches("[0-9]{1,4}") && parts[2].matches("[0-9]{1,18}")) {
        found.add(
            new Gpu(Integer.parseInt(parts[0]), parts[1], Long.parseLong(parts[2]), parts[3]));
      }
    }
    return found;
  }
}
