package org.wardfl.client.python;

import java.nio.file.Path;

/// A job's process that has a task in Python under way, to be killed.
final class PythonMain {

  private PythonMain() {}

  /// Runs a task that does not end.
  ///
  /// @param arguments a folder
  public static void main(String... arguments) throws Exception {
    try (var run = new PythonRun(Path.of(arguments[0]));
        var task = run.fault("forks_and_sleeps").training()) {
      task.run();
    }
  }
}
