package org.wardfl.client.sandbox;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.run.Grace;
import org.wardfl.client.host.AlgorithmHost;
import org.wardfl.client.host.HostedTask;
import org.wardfl.client.host.JobProcessCommand;
import org.wardfl.client.host.JobProcessHost;
import org.wardfl.client.host.TaskLimits;
import org.wardfl.client.job.SignedJobs;
import org.wardfl.proto.job.AlgorithmDefinition;
import org.wardfl.proto.job.InitialModel;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskKey;

/// Tasks of jobs that bring code, run by a real host in real sandboxes. Each task makes an initial
/// model.
final class Hosted implements AutoCloseable {

  static final long DISK = 16L << 20;
  private static final String CLASS_PATH =
      System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));

  private final Path folder;
  private final Path job;
  private final Path dataset;
  private final JobProcessHost host;
  private TaskLimits limits =
      new TaskLimits(Duration.ofMinutes(1), Optional.of(new TaskLimits.Confinement(DISK, 200)));
  private int tasks;

  /// @param folder with the kit's folder `kit` and everything else
  Hosted(Path folder, Sandbox sandbox) throws IOException {
    this.folder = folder;
    this.job = Files.createDirectories(folder.resolve("job"));
    this.dataset = Files.writeString(folder.resolve("ct.csv"), "age\n50\n");
    this.host =
        new JobProcessHost(
            new JobProcessCommand(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                CLASS_PATH,
                List.of("-Xlog:cds=off", "-Xlog:aot=off"),
                logs()),
            new Grace(Duration.ofMillis(200), Duration.ofMillis(500)),
            Optional.of(sandbox),
            (_, _) -> {});
  }

  static List<Path> classPath() {
    return Stream.of(CLASS_PATH.split(":"))
        .filter(entry -> !entry.isEmpty())
        .map(entry -> Path.of(entry).toAbsolutePath())
        .toList();
  }

  Path logs() {
    return folder.resolve("logs");
  }

  Path job() {
    return job;
  }

  Hosted limits(TaskLimits other) {
    limits = other;
    return this;
  }

  /// Compiles the hostile class.
  ///
  /// @return the jar with it
  static Path compile(Path folder) throws IOException {
    var source = Files.createDirectories(folder.resolve("source/hostile")).resolve("Hostile.java");
    try (var text = Hosted.class.getResourceAsStream("Hostile.java.txt")) {
      Files.copy(Objects.requireNonNull(text), source);
    }
    var compiler = ToolProvider.getSystemJavaCompiler();
    var said = new StringWriter();
    var classes = Files.createDirectories(folder.resolve("classes"));
    var options = List.of("-d", classes.toString(), "-cp", CLASS_PATH);
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      boolean compiled =
          compiler
              .getTask(said, files, null, options, null, files.getJavaFileObjects(source))
              .call();
      if (!compiled) {
        throw new IllegalStateException(said.toString());
      }
    }
    var archive = folder.resolve("hostile.jar");
    try (var jar = new JarOutputStream(Files.newOutputStream(archive));
        var compiled = Files.list(classes.resolve("hostile"))) {
      for (var type : compiled.toList()) {
        jar.putNextEntry(new JarEntry("hostile/" + type.getFileName()));
        Files.copy(type, jar);
      }
    }
    return archive;
  }

  /// A task of a job with the hostile class.
  AlgorithmHost.Run java(String what, Map<String, Object> more) throws IOException {
    var arguments = new HashMap<String, Object>(more);
    arguments.put("do", what);
    return host.prepare(
        task(
            new AlgorithmDefinition(
                AlgorithmDefinition.JAVA,
                Optional.of("hostile.jar"),
                Optional.of("hostile.Hostile"),
                new Arguments(arguments)),
            Optional.empty()));
  }

  /// A task of a job with a class in Python.
  AlgorithmHost.Run python(String name, Path python) throws IOException {
    return host.prepare(
        task(
            new AlgorithmDefinition(
                AlgorithmDefinition.PYTHON,
                Optional.empty(),
                Optional.of(name),
                Optional.of("."),
                Optional.empty(),
                Arguments.none()),
            Optional.of(python)));
  }

  private synchronized HostedTask task(AlgorithmDefinition algorithm, Optional<Path> python)
      throws IOException {
    tasks++;
    var own = Files.createDirectories(folder.resolve("task" + tasks));
    return new HostedTask(
        SignedJobs.definition(algorithm, new InitialModel.Random(), "ct"),
        new TaskAssignment(
            new TaskKey(SignedJobs.submission().job(), 1, 0, new SiteName("hospital-a")),
            TaskKind.INITIAL,
            Optional.empty(),
            3,
            WeightType.FULL,
            TaskAssignment.GLOBAL),
        Optional.of(dataset),
        job,
        Files.createDirectories(own.resolve("scratch")),
        Optional.empty(),
        Optional.empty(),
        own.resolve("update"),
        own.resolve("state"),
        List.of(),
        python,
        Arguments.none(),
        limits);
  }

  /// What the latest task has made.
  synchronized Path update() {
    return folder.resolve("task" + tasks).resolve("update");
  }

  /// All that processes have printed.
  List<Path> logFiles() throws IOException {
    try (var files = Files.list(logs())) {
      return new ArrayList<>(files.toList());
    }
  }

  @Override
  public void close() {
    host.close();
  }
}
