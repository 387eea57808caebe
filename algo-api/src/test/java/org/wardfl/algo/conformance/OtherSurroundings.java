package org.wardfl.algo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/// The kit's job in a JVM with another language, character set, time zone, working directory and
/// order of hash tables, whose folders can be watched.
///
/// @param facts those of the [PlatformRun] there
/// @param strays files that were written or changed outside of the scratch folder
record OtherSurroundings(List<String> facts, List<String> strays) {

  private static final long LIMIT_SECONDS = 120;

  /// Runs the job there.
  static OtherSurroundings of(ConformanceSubject subject, Path folder)
      throws IOException, InterruptedException {
    var base = Path.of("").toAbsolutePath();
    var empty = new ArrayList<Path>();
    for (var name : List.of("cwd", "tmp", "home")) {
      empty.add(Files.createDirectories(folder.resolve(name)));
    }
    var inputs = new ArrayList<Path>();
    subject.jobFolder().ifPresent(path -> inputs.add(base.resolve(path)));
    subject.data().location().ifPresent(path -> inputs.add(base.resolve(path)));
    var before = listing(inputs);
    var run = Files.createDirectories(folder.resolve("run"));
    var facts = folder.resolve("facts");
    start(subject, folder, List.of(base.toString(), run.toString(), facts.toString()));
    var real = run.toRealPath();
    var strays = new TreeSet<String>();
    var after = listing(inputs);
    for (var path : new TreeSet<>(union(before, after))) {
      if (!before.getOrDefault(path, "").equals(after.getOrDefault(path, ""))) {
        strays.add(path);
      }
    }
    strays.addAll(listing(empty).keySet());
    strays.addAll(
        listing(List.of(run)).keySet().stream().filter(path -> !own(real, path)).toList());
    return new OtherSurroundings(Files.readAllLines(facts), List.copyOf(strays));
  }

  private static void start(ConformanceSubject subject, Path folder, List<String> arguments)
      throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Nothing of the JVM itself in the watched folders, and a quick start.
    command.addAll(List.of("-XX:-UsePerfData", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-Duser.language=tr", "-Duser.country=TR"));
    command.addAll(List.of("-Dfile.encoding=ISO-8859-1", "-Duser.timezone=Pacific/Kiritimati"));
    command.add("-Djava.io.tmpdir=" + folder.resolve("tmp"));
    command.add("-Duser.home=" + folder.resolve("home"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(subject.jvmOptions());
    command.addAll(List.of("-cp", classPath(), OtherSurroundingsMain.class.getName()));
    command.add(subject.getClass().getName());
    command.addAll(arguments);
    var said = folder.resolve("said");
    var process =
        new ProcessBuilder(command)
            .directory(folder.resolve("cwd").toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    try {
      assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS))
          .as("the second JVM ended within %d s", LIMIT_SECONDS)
          .isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue())
        .as(
            "%s could not be made and run in a second JVM; what describes it may depend on nothing"
                + " but the class:%n%s",
            subject.getClass().getName(), Files.readString(said))
        .isZero();
  }

  private static String classPath() {
    // Surefire's own JVM has just a jar that names the others.
    var paths =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return String.join(
        File.pathSeparator,
        Arrays.stream(paths.split(File.pathSeparator, -1))
            .filter(path -> !path.isEmpty())
            .map(path -> Path.of(path).toAbsolutePath().toString())
            .toList());
  }

  // What the platform itself writes into the run's folder, and what the algorithm may.
  private static boolean own(Path run, String path) {
    var first = run.relativize(Path.of(path)).getName(0).toString();
    return first.equals(PlatformRun.OUT) || first.startsWith("scratch");
  }

  private static TreeSet<String> union(
      SortedMap<String, String> before, SortedMap<String, String> after) {
    var paths = new TreeSet<>(before.keySet());
    paths.addAll(after.keySet());
    return paths;
  }

  private static SortedMap<String, String> listing(List<Path> roots) throws IOException {
    var files = new TreeMap<String, String>();
    for (var root : roots) {
      // A root that is a link to a folder would not be entered.
      try (var found = Files.walk(root.toRealPath())) {
        for (var file : found.filter(Files::isRegularFile).toList()) {
          files.put(
              file.toString(), Files.size(file) + " bytes, " + Files.getLastModifiedTime(file));
        }
      }
    }
    return files;
  }
}
