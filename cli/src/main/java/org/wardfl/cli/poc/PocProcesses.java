package org.wardfl.cli.poc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.wardfl.cli.Installation;

/// The processes of a federation of `ward poc`.
///
/// Which of them run is read from the system's own table, by the kit that a process was started
/// with: no file can be out of date, whatever was killed and however often the machine started.
///
/// @param folder the federation
record PocProcesses(PocFolder folder) {

  private static final Path SYSTEM = Path.of("/proc");
  private static final String SETSID = "setsid";

  /// Those that run now, by the names of the participants.
  Map<String, ProcessHandle> running() {
    var kits = folder.kits() + "/";
    var running = new TreeMap<String, ProcessHandle>();
    ProcessHandle.allProcesses()
        .forEach(process -> {
          var words = words(process);
          int kit = words.indexOf("--kit") + 1;
          if (kit > 0
              && kit < words.size()
              && words.get(kit).startsWith(kits)
              && (words.contains("server") || words.contains("client"))) {
            running.put(words.get(kit).substring(kits.length()), process);
          }
        });
    return running;
  }

  /// Java's own view of a process ends after a page, which a class path can fill.
  private static List<String> words(ProcessHandle process) {
    try {
      var line = SYSTEM.resolve(Long.toString(process.pid())).resolve("cmdline");
      if (Files.isReadable(line)) {
        var text = new String(Files.readAllBytes(line), StandardCharsets.UTF_8);
        return Arrays.asList(text.split("\0", -1));
      }
    } catch (IOException _) {
      // It has ended meanwhile.
      return List.of();
    }
    return process.info().arguments().map(List::of).orElse(List.of());
  }

  /// Starts a participant so that neither Ctrl-C nor the end of the terminal reaches it.
  ///
  /// @param command `server` or `client`
  Process start(String participant, String command, Installation installation) throws IOException {
    var words = new ArrayList<String>();
    if (Files.isExecutable(Path.of("/usr/bin", SETSID))) {
      words.add("/usr/bin/" + SETSID);
    }
    words.addAll(installation.ward());
    words.addAll(
        List.of(
            command,
            "--kit",
            folder.kit(participant).toString(),
            "--password-file",
            folder.passwordFile(participant).toString()));
    var log = ProcessBuilder.Redirect.appendTo(folder.log(participant).toFile());
    var builder =
        new ProcessBuilder(words)
            .directory(folder.path().toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(log)
            .redirectError(log);
    // The way to one's own machine leads through no proxy.
    builder.environment().keySet().removeIf(name -> name.startsWith("WARD_PROXY"));
    builder.environment().remove("WARD_KIT");
    return builder.start();
  }

  /// Asks all to end, and ends those that do not.
  ///
  /// @return the names of the participants that ran
  Set<String> stop(Duration patience) throws InterruptedException {
    var running = running();
    var all = new ArrayList<ProcessHandle>();
    for (var process : running.values()) {
      process.descendants().forEach(all::add);
      all.add(process);
    }
    // The server last, so that the sites end in good order.
    var sites = new TreeMap<>(running);
    var server =
        Optional.ofNullable(sites.remove(PocFolder.SERVER)).map(List::of).orElse(List.of());
    for (var group : List.of(sites.values(), server)) {
      group.forEach(ProcessHandle::destroy);
      await(group, patience);
    }
    all.forEach(ProcessHandle::destroyForcibly);
    await(all, patience);
    return new LinkedHashSet<>(running.keySet());
  }

  private static void await(Iterable<ProcessHandle> processes, Duration patience)
      throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    for (var process : processes) {
      try {
        var _ = process.onExit().get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException _) {
        // The next step is harder.
        return;
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
