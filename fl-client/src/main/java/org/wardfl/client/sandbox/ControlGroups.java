package org.wardfl.client.sandbox;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Linux control groups in which this process may make others: they bound the memory and the number
/// of all processes of a sandbox together.
///
/// The newer hierarchy (version 2) is used where `memory` and `pids` are given to this process, the
/// older one (version 1) where its folders can be written.
final class ControlGroups {

  private static final String PREFIX = "ward-";
  private static final Pattern MAKER = Pattern.compile(PREFIX + "([0-9]{1,18})-.*");
  private static final String MEMBERS = "cgroup.procs";

  private final Version version;
  private final List<Path> parents;

  private enum Version {
    ONE("memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "memory.oom_control"),
    TWO("memory.max", "memory.swap.max", "memory.events");

    private final String memory;
    private final String swap;
    private final String events;

    Version(String memory, String swap, String events) {
      this.memory = memory;
      this.swap = swap;
      this.events = events;
    }
  }

  private ControlGroups(Version version, List<Path> parents) {
    this.version = version;
    this.parents = List.copyOf(parents);
  }

  /// What kind they are, for people.
  String description() {
    return "control groups version " + (version == Version.ONE ? "1" : "2");
  }

  /// Those that this process can make, found out by making one.
  static Optional<ControlGroups> find() {
    try {
      var mounts = Files.readAllLines(Path.of("/proc/self/mountinfo"));
      var own = Files.readAllLines(Path.of("/proc/self/cgroup"));
      return Stream.of(second(mounts, own), first(mounts, own))
          .flatMap(Optional::stream)
          .filter(ControlGroups::works)
          .findFirst();
    } catch (IOException _) {
      // Not Linux, or nothing to be seen of them.
      return Optional.empty();
    }
  }

  private static Optional<ControlGroups> second(List<String> mounts, List<String> own) {
    var parent = folder(mounts, "cgroup2", "", own, "");
    return parent.isPresent() && delegated(parent.get())
        ? Optional.of(new ControlGroups(Version.TWO, List.of(parent.get())))
        : Optional.empty();
  }

  /// Whether children of this group can be bounded. A group with processes cannot have such
  /// children, so this process moves into a child of its own first.
  private static boolean delegated(Path parent) {
    try {
      var controllers = Files.readString(parent.resolve("cgroup.controllers"));
      if (!List.of(controllers.strip().split(" ")).containsAll(List.of("memory", "pids"))) {
        return false;
      }
      var enabled = parent.resolve("cgroup.subtree_control");
      if (!Files.readString(enabled).contains("memory")
          || !Files.readString(enabled).contains("pids")) {
        var agent = Files.createDirectories(parent.resolve("ward-agent"));
        Files.writeString(agent.resolve(MEMBERS), Long.toString(ProcessHandle.current().pid()));
        Files.writeString(enabled, "+memory +pids");
      }
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  private static Optional<ControlGroups> first(List<String> mounts, List<String> own) {
    var memory = folder(mounts, "cgroup", "memory", own, "memory");
    var pids = folder(mounts, "cgroup", "pids", own, "pids");
    return memory.isPresent() && pids.isPresent()
        ? Optional.of(
            new ControlGroups(Version.ONE, Stream.of(memory.get(), pids.get()).distinct().toList()))
        : Optional.empty();
  }

  /// The folder of this process in a hierarchy; the hierarchy's top where that cannot be seen.
  private static Optional<Path> folder(
      List<String> mounts, String type, String option, List<String> own, String controller) {
    for (var mount : mounts) {
      int dash = mount.indexOf(" - ");
      var left = mount.split(" ", -1);
      var right = dash < 0 ? new String[0] : mount.substring(dash + 3).split(" ", -1);
      if (left.length > 4
          && right.length > 2
          && right[0].equals(type)
          && (option.isEmpty() || List.of(right[2].split(",")).contains(option))) {
        var top = Path.of(left[4]);
        var path = path(own, controller);
        var relative = path.startsWith(left[3]) ? path.substring(left[3].length()) : path;
        var folder = top.resolve(relative.replaceFirst("^/+", ""));
        return Optional.of(Files.isDirectory(folder) ? folder : top);
      }
    }
    return Optional.empty();
  }

  private static String path(List<String> own, String controller) {
    for (var line : own) {
      var parts = line.split(":", 3);
      if (parts.length == 3 && List.of(parts[1].split(",")).contains(controller)) {
        return parts[2];
      }
    }
    return "/";
  }

  private boolean works() {
    try {
      sweep();
      make(64L << 20, 16).close();
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  /// Removes what processes have left that are no more.
  private void sweep() throws IOException {
    for (var parent : parents) {
      try (var groups = Files.newDirectoryStream(parent, PREFIX + "*")) {
        for (var group : groups) {
          var maker = MAKER.matcher(String.valueOf(group.getFileName()));
          if (maker.matches() && ProcessHandle.of(Long.parseLong(maker.group(1))).isEmpty()) {
            remove(group);
          }
        }
      }
    }
  }

  private static boolean remove(Path group) {
    try {
      Files.deleteIfExists(group);
      return true;
    } catch (DirectoryNotEmptyException _) {
      return false;
    } catch (FileSystemException _) {
      // It has processes.
      return false;
    } catch (IOException _) {
      return false;
    }
  }

  /// Makes a group.
  ///
  /// @param memoryBytes of all processes together
  /// @param processes how many, threads too
  Group make(long memoryBytes, int processes) throws IOException {
    var name = PREFIX + ProcessHandle.current().pid() + "-" + UUID.randomUUID();
    var folders = new ArrayList<Path>();
    try {
      for (var parent : parents) {
        folders.add(Files.createDirectory(parent.resolve(name)));
      }
      var memory = folders.getFirst();
      var pids = folders.getLast();
      Files.writeString(memory.resolve(version.memory), Long.toString(memoryBytes));
      var swap = memory.resolve(version.swap);
      if (Files.exists(swap)) {
        Files.writeString(swap, version == Version.ONE ? Long.toString(memoryBytes) : "0");
      }
      Files.writeString(pids.resolve("pids.max"), Integer.toString(processes));
      return new Group(List.copyOf(folders), memory.resolve(version.events));
    } catch (IOException e) {
      folders.forEach(ControlGroups::remove);
      throw e;
    }
  }

  /// One group.
  static final class Group implements AutoCloseable {

    private static final int ATTEMPTS = 100;

    private final List<Path> folders;
    private final Path events;
    private volatile boolean exhausted;

    private Group(List<Path> folders, Path events) {
      this.folders = folders;
      this.events = events;
    }

    /// The files to which a process writes its number to belong to the group.
    List<Path> members() {
      return folders.stream().map(folder -> folder.resolve(MEMBERS)).toList();
    }

    /// Whether the kernel has ended a process of it for want of memory.
    boolean ranOutOfMemory() {
      return hasEvents() || exhausted;
    }

    private boolean hasEvents() {
      try {
        return Files.readAllLines(events).stream()
            .anyMatch(line -> line.startsWith("oom_kill ") && !line.equals("oom_kill 0"));
      } catch (IOException _) {
        return false;
      }
    }

    /// Removes it as soon as its processes are gone, which may take a moment.
    @Override
    public void close() {
      exhausted = hasEvents();
      if (folders.stream().filter(group -> !remove(group)).count() > 0) {
        Thread.ofVirtual().start(this::removeLater);
      }
    }

    private void removeLater() {
      try {
        for (int i = 0; i < ATTEMPTS; i++) {
          Thread.sleep(100);
          if (folders.stream().filter(group -> !remove(group)).count() == 0) {
            return;
          }
        }
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
