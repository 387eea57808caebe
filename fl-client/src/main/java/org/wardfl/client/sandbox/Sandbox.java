package org.wardfl.client.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.wardfl.certs.PrivateFile;

/// Makes sandboxes with bubblewrap: each has namespaces of its own, no network, no rights, no
/// session, a clean environment, and sees a read-only system, one job and one dataset.
///
/// Memory and processes are bounded by control groups where this process may make any, else for
/// each process by its own limits; the disk by looking. Safe for many threads.
public final class Sandbox {

  /// What the Java machine needs beside its heap, and what the kernel counts for files.
  private static final long MEMORY_MARGIN = 512L << 20;

  private static final int EXPECTED = 42;

  private final Path bubblewrap;
  private final String version;
  private final Path folder;
  private final List<Path> hidden;
  private final Optional<ControlGroups> groups;
  private final Optional<Path> filter;
  private final AtomicInteger count = new AtomicInteger();

  /// What a site has for a sandbox.
  ///
  /// @param sandbox empty if none can be made
  /// @param finding one sentence about it, for the site's own people
  public record Found(Optional<Sandbox> sandbox, String finding) {}

  private Sandbox(
      Path bubblewrap,
      String version,
      Path folder,
      List<Path> hidden,
      Optional<ControlGroups> groups,
      Optional<Path> filter) {
    this.bubblewrap = bubblewrap;
    this.version = version;
    this.folder = folder;
    this.hidden = List.copyOf(hidden);
    this.groups = groups;
    this.filter = filter;
  }

  /// Finds out what can be done here, by doing it once.
  ///
  /// @param folder for the sandboxes' files; emptied
  /// @param hidden folders of the site that no sandbox shows, wherever they lie
  /// @throws IOException if the folder cannot be made or emptied
  public static Found find(Path folder, List<Path> hidden) throws IOException {
    var bubblewrap =
        List.of("/usr/bin/bwrap", "/usr/local/bin/bwrap", "/bin/bwrap").stream()
            .map(Path::of)
            .filter(Files::isExecutable)
            .findFirst();
    return bubblewrap.isEmpty()
        ? new Found(Optional.empty(), "bubblewrap (bwrap) is not installed")
        : find(bubblewrap.get(), ControlGroups.find(), folder, hidden);
  }

  static Found find(Path bubblewrap, Optional<ControlGroups> groups, Path folder, List<Path> hidden)
      throws IOException {
    ScratchFiles.delete(folder);
    PrivateFile.createFolder(folder);
    var version = said(List.of(bubblewrap.toString(), "--version"));
    var program = SystemCallFilter.program(System.getProperty("os.arch"));
    Optional<Path> filter = Optional.empty();
    if (program.isPresent()) {
      filter = Optional.of(folder.resolve("calls.bpf"));
      PrivateFile.write(filter.get(), program.get());
    }
    var made = new Sandbox(bubblewrap, version, folder, hidden, groups, filter);
    var obstacle = made.obstacle();
    return obstacle.isPresent()
        ? new Found(Optional.empty(), version + " works not here: " + obstacle.get())
        : new Found(Optional.of(made), made.description());
  }

  /// What it consists of, for people.
  private String description() {
    return version
        + (filter.isPresent() ? " with" : " without")
        + " a filter of system calls; memory and processes bounded by "
        + groups
            .map(ControlGroups::description)
            .orElse("limits of each process, since control groups cannot be made here");
  }

  private Optional<String> obstacle() {
    var enclosure =
        new Enclosure(
            folder, Optional.empty(), Optional.empty(), List.of(), 64L << 20, 1L << 20, 16);
    try (var bench = open(enclosure)) {
      var words =
          bench.confined(
              List.of("/bin/sh", "-c", "exit " + EXPECTED),
              new Mounts(List.of()),
              Optional.empty());
      var process = new ProcessBuilder(words).redirectErrorStream(true).start();
      process.getOutputStream().close();
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return Optional.of("it did not end within 10 s");
      }
      var said =
          new String(process.getInputStream().readNBytes(500), StandardCharsets.UTF_8).strip();
      return process.exitValue() == EXPECTED
          ? Optional.empty()
          : Optional.of(said.isEmpty() ? "exit code " + process.exitValue() : said);
    } catch (IOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted");
    }
  }

  private static String said(List<String> words) throws IOException {
    var process = new ProcessBuilder(words).redirectErrorStream(true).start();
    process.getOutputStream().close();
    try (var output = process.getInputStream()) {
      return new String(output.readNBytes(200), StandardCharsets.UTF_8).strip();
    }
  }

  /// Makes the files of a sandbox; its process is started by whoever asks for it.
  ///
  /// @throws IOException if they cannot be made
  public Bench open(Enclosure enclosure) throws IOException {
    var own = folder.resolve(Integer.toString(count.incrementAndGet()));
    var group =
        groups.isPresent()
            ? Optional.of(
                groups.get().make(enclosure.memoryBytes() + MEMORY_MARGIN, enclosure.processes()))
            : Optional.<ControlGroups.Group>empty();
    try {
      return new Bench(this, enclosure, own, group);
    } catch (IOException e) {
      group.ifPresent(ControlGroups.Group::close);
      throw e;
    }
  }

  Path bubblewrap() {
    return bubblewrap;
  }

  Optional<Path> filter() {
    return filter;
  }

  List<Path> hidden() {
    return hidden;
  }

  /// The limit of each process's data, where nothing bounds all together.
  static long dataLimit(Enclosure enclosure) {
    return enclosure.memoryBytes() + MEMORY_MARGIN;
  }
}
