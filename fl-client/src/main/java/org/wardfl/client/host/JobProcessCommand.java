package org.wardfl.client.host;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.wardfl.client.sandbox.Mounts;

/// How a job's process is started.
///
/// @param java the executable
/// @param classPath jars that hold this module, what it needs, and the algorithms
/// @param options further options of the JVM, such as where torch's libraries lie
/// @param logFolder where each process's output goes
public record JobProcessCommand(Path java, String classPath, List<String> options, Path logFolder) {

  /// Copies; the class path holds wherever the process starts.
  public JobProcessCommand {
    options = List.copyOf(options);
    classPath =
        Stream.of(classPath.split(":", -1))
            .filter(entry -> !entry.isEmpty())
            .map(entry -> Path.of(entry).toAbsolutePath().toString())
            .collect(Collectors.joining(":"));
  }

  /// The words of the command.
  ///
  /// @param memoryBytes the largest heap
  /// @param folder with the socket and the token
  List<String> words(long memoryBytes, Path folder) {
    var words = new ArrayList<String>();
    words.add(java.toString());
    words.add("-Xmx" + (memoryBytes >> 20) + "m");
    words.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:-UsePerfData",
            "-Djava.awt.headless=true",
            "--enable-native-access=ALL-UNNAMED"));
    words.addAll(options);
    words.addAll(List.of("-cp", classPath, JobProcessMain.class.getName(), folder.toString()));
    return words;
  }

  /// What of the machine a sandbox must show for it.
  Mounts mounts() throws IOException {
    return Mounts.ofJava(java, classPath, options);
  }
}
