package org.wardfl.algo.conformance;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// The second JVM's side of [OtherSurroundings].
final class OtherSurroundingsMain {

  private OtherSurroundingsMain() {}

  /// Runs the kit's job.
  ///
  /// @param args the author's class, the first JVM's working directory, the run's folder, the file
  ///   for the facts
  public static void main(String[] args) throws Exception {
    // The author's class is a test: its constructor need not be public.
    var constructor = Class.forName(args[0]).getDeclaredConstructor();
    constructor.setAccessible(true);
    var subject = (ConformanceSubject) constructor.newInstance();
    var run = PlatformRun.of(subject, Path.of(args[1]), Path.of(args[2]));
    Files.write(Path.of(args[3]), run.facts(), StandardCharsets.UTF_8);
  }
}
