package org.wardfl.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Where this Ward is installed, and how it starts another Java process of itself.
///
/// @param home the distribution's folder; empty when it runs from class folders, as in tests
/// @param java the executable of this runtime
/// @param classPath of this process
/// @param terminal whether standard error is a terminal
public record Installation(Optional<Path> home, Path java, String classPath, boolean terminal) {

  /// This process's, from what the launcher said.
  public static Installation current() {
    return new Installation(
        Optional.ofNullable(System.getProperty("ward.home")).map(Path::of),
        Path.of(System.getProperty("java.home"), "bin", "java"),
        System.getProperty("java.class.path"),
        Boolean.getBoolean("ward.terminal"));
  }

  /// What another process of this command begins with, before the words that people type.
  public List<String> ward() {
    return home.map(folder -> List.of(folder.resolve("bin").resolve("ward").toString()))
        .orElse(
            List.of(
                java.toString(),
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath,
                "org.wardfl.cli.Ward"));
  }

  /// The options of a job's process: where the libraries lie that it would otherwise unpack or
  /// download.
  public List<String> processOptions() {
    var options = new ArrayList<String>();
    options.add("-Dai.djl.offline=true");
    options.add("-Xlog:aot=off");
    options.add("-Xlog:cds=off");
    home.ifPresent(folder -> {
      var torch = folder.resolve("torch");
      if (Files.isDirectory(torch)) {
        options.add("-DPYTORCH_LIBRARY_PATH=" + torch);
        options.add("-Djna.boot.library.path=" + torch);
        options.add("-Djna.nounpack=true");
      }
      var cache = folder.resolve("cache").resolve("job.aot");
      if (Files.exists(cache)) {
        options.add("-XX:AOTCache=" + cache);
      }
    });
    // Set while the distribution is built: the process then writes the cache that later ones use.
    Optional.ofNullable(System.getProperty("ward.record"))
        .ifPresent(cache -> options.add("-XX:AOTCacheOutput=" + cache));
    return options;
  }
}
