package org.wardfl.cli.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.wardfl.cli.Installation;

/// Looks at the machine: Java, disk, graphics processors.
///
/// @param findings where it tells
record MachineChecks(Findings findings) {

  private static final Path DRIVER = Path.of("/proc/driver/nvidia/version");
  private static final long GIB = 1L << 30;
  private static final long ENOUGH = 10 * GIB;
  private static final long SECONDS = 20;

  void java(Installation installation) {
    findings.ok(
        "Java",
        Runtime.version()
            + ", "
            + Runtime.getRuntime().availableProcessors()
            + " processors, "
            + installation.java());
  }

  /// Whether the data folder can be written, and how much room there is.
  void disk(Path data) throws IOException {
    var there = data.toAbsolutePath().normalize();
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    try {
      // A permission says less than trying: the disk may be read-only, or full.
      var probe = Files.createTempFile(there, ".ward-doctor", "");
      try {
        Files.write(probe, new byte[1 << 16]);
      } finally {
        Files.deleteIfExists(probe);
      }
    } catch (AccessDeniedException _) {
      findings.failed(
          "disk",
          there
              + " cannot be written by "
              + System.getProperty("user.name")
              + ", the account that this runs as; run: chown "
              + System.getProperty("user.name")
              + " "
              + there);
      return;
    } catch (IOException e) {
      findings.failed("disk", there + " cannot be written: " + e.getMessage());
      return;
    }
    long free = Files.getFileStore(there).getUsableSpace();
    var room = data + ": " + Math.round(free * 10.0 / GIB) / 10.0 + " GiB free";
    if (free < GIB) {
      findings.failed(
          "disk",
          room + ", expected at least 1 GiB; make room, or name another folder with --data");
    } else if (free < ENOUGH) {
      findings.note("disk", room + ", which a few large models fill");
    } else {
      findings.ok("disk", room);
    }
  }

  void gpu() throws IOException, InterruptedException {
    if (!Files.isReadable(DRIVER)) {
      findings.note(
          "GPU",
          "there is no NVIDIA driver on this machine; jobs that ask for GPUs cannot run here, all"
              + " others can");
      return;
    }
    var devices =
        run(List.of("nvidia-smi", "--query-gpu=index,name,memory.total", "--format=csv,noheader"));
    if (devices.isPresent() && devices.get().code == 0) {
      findings.ok("GPU", String.join("; ", devices.get().text.lines().toList()));
    } else {
      findings.failed(
          "GPU",
          "there is a driver, but nvidia-smi does not list devices: "
              + devices.map(Output::text).orElse("it is missing")
              + "; reload the driver, or restart the machine");
    }
  }

  /// What a program said.
  record Output(int code, String text) {}

  /// Runs a program; empty if it cannot be started.
  static Optional<Output> run(List<String> command) throws IOException, InterruptedException {
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException _) {
      return Optional.empty();
    }
    process.getOutputStream().close();
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      return Optional.of(new Output(-1, "no answer within " + SECONDS + " s"));
    }
    var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return Optional.of(new Output(process.exitValue(), text.strip()));
  }
}
