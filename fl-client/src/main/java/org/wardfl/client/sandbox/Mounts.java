package org.wardfl.client.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// What of the machine's programs a sandbox shows, to be read.
///
/// @param programs files and folders beside those of the system
public record Mounts(List<Path> programs) {

  private static final List<String> SYSTEM =
      List.of("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32");
  // Where the loader finds libraries, Debian its programs by their plain names, Java its settings.
  private static final List<String> SETTINGS =
      List.of("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime");

  /// Copies.
  public Mounts {
    programs = List.copyOf(programs);
  }

  /// What a command of Java needs: the Java machine, its class path, and the files that its options
  /// name.
  public static Mounts ofJava(Path java, String classPath, List<String> options)
      throws IOException {
    var programs = new LinkedHashSet<Path>();
    programs.add(home(java.toRealPath()));
    for (var entry : classPath.split(":", -1)) {
      if (!entry.isEmpty()) {
        programs.add(Path.of(entry).toAbsolutePath());
      }
    }
    for (var option : options) {
      var value = option.substring(option.indexOf('=') + 1);
      if (value.startsWith("/") && Files.exists(Path.of(value))) {
        programs.add(Path.of(value));
      }
    }
    return new Mounts(List.copyOf(programs));
  }

  /// The same with the folders of a Python: its own, and that of the one that a virtual environment
  /// is made of.
  Mounts with(Path python) throws IOException {
    var all = new LinkedHashSet<>(programs);
    if (python.isAbsolute() && Files.exists(python)) {
      all.add(home(python));
      all.add(home(python.toRealPath()));
    }
    return new Mounts(List.copyOf(all));
  }

  /// The folder above `bin`, or the program alone where it lies elsewhere.
  private static Path home(Path program) {
    var folder = Objects.requireNonNull(program.getParent(), "a program has a folder");
    var home = folder.getParent();
    return folder.endsWith("bin") && home != null ? home : program;
  }

  /// The words for bubblewrap.
  ///
  /// @param hidden folders that must not be seen, even where they lie in one that is shown
  List<String> words(List<Path> hidden) throws IOException {
    var words = new ArrayList<String>();
    Set<Path> shown = new LinkedHashSet<>();
    for (var name : SYSTEM) {
      var folder = Path.of(name);
      if (Files.isSymbolicLink(folder)) {
        words.addAll(List.of("--symlink", Files.readSymbolicLink(folder).toString(), name));
      } else if (Files.isDirectory(folder)) {
        show(folder, words, shown);
      }
    }
    for (var name : SETTINGS) {
      words.addAll(List.of("--ro-bind-try", name, name));
    }
    try (var java = Files.newDirectoryStream(Path.of("/etc"), "java*")) {
      for (var settings : java) {
        words.addAll(List.of("--ro-bind-try", settings.toString(), settings.toString()));
      }
    }
    for (var program : programs) {
      boolean isShown = shown.stream().anyMatch(program::startsWith) || isLink(program);
      if (!isShown && program.getNameCount() > 0 && Files.exists(program)) {
        show(program, words, shown);
      }
    }
    for (var folder : hidden) {
      var real = real(folder);
      if (real.isPresent() && shown.stream().anyMatch(real.get()::startsWith)) {
        words.addAll(List.of("--tmpfs", real.get().toString()));
        words.addAll(List.of("--remount-ro", real.get().toString()));
      }
    }
    return words;
  }

  private static void show(Path path, List<String> words, Set<Path> shown) throws IOException {
    words.addAll(List.of("--ro-bind", path.toString(), path.toString()));
    shown.add(path.toRealPath());
    shown.add(path);
  }

  /// Whether a path begins with one of the system's links, such as `/lib`.
  private static boolean isLink(Path program) {
    return SYSTEM.stream()
        .map(Path::of)
        .anyMatch(folder -> program.startsWith(folder) && Files.isSymbolicLink(folder));
  }

  private static Optional<Path> real(Path folder) {
    try {
      return Optional.of(folder.toRealPath());
    } catch (IOException _) {
      return Optional.empty();
    }
  }
}
