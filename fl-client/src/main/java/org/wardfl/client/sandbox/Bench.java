package org.wardfl.client.sandbox;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.wardfl.certs.PrivateFile;

/// One sandbox seen from outside: a folder `in` that it reads, a folder `out` that it writes, and
/// the words that start a process in it.
///
/// Files go in as links and come out as copies, so that code which holds one open changes nothing
/// afterwards. In the sandbox the same folders are [#IN], [#OUT], [#JOB] and [#DATA].
public final class Bench implements AutoCloseable {

  /// Where the sandbox has what it is given.
  public static final Path IN = Path.of("/in");

  /// Where it leaves what it made.
  public static final Path OUT = Path.of("/out");

  /// Where it has the job's files.
  public static final Path JOB = Path.of("/job");

  /// Where it has the dataset, under its own name.
  public static final Path DATA = Path.of("/data");

  /// Where it has the socket to the agent.
  public static final Path SOCKET = Path.of("/ward");

  private static final String NOBODY = "65534";
  private static final long SHARED_MEMORY = 256L << 20;

  // The limits that hold for each process; what bounds all together is the group's.
  private static final String ENTER =
      "trap '' INT; while [ \"$1\" != -- ]; do echo $$ > \"$1\" || exit 125; shift; done; shift;"
          + " exec \"$@\"";

  private final Sandbox sandbox;
  private final Enclosure enclosure;
  private final Path folder;
  private final Path in;
  private final Path out;
  private final Path taken;
  private final Optional<ControlGroups.Group> group;
  private final AtomicBoolean closed = new AtomicBoolean();

  Bench(Sandbox sandbox, Enclosure enclosure, Path folder, Optional<ControlGroups.Group> group)
      throws IOException {
    this.sandbox = sandbox;
    this.enclosure = enclosure;
    this.folder = folder;
    this.group = group;
    this.in = folder.resolve("in");
    this.out = folder.resolve("out");
    this.taken = folder.resolve("taken");
    PrivateFile.createFolder(folder);
    PrivateFile.createFolder(in);
    PrivateFile.createFolder(out);
    Files.writeString(
        folder.resolve("passwd"), "nobody:x:" + NOBODY + ":" + NOBODY + "::/tmp:/bin/false\n");
  }

  /// The words that start a command in the sandbox.
  ///
  /// @param command with paths as the sandbox has them
  /// @param mounts the programs that it needs
  /// @param socket the folder with the socket to the agent
  public List<String> confined(List<String> command, Mounts mounts, Optional<Path> socket)
      throws IOException {
    var words = new ArrayList<String>();
    var enter = sandbox.filter().map(filter -> ENTER + " 9<'" + quoted(filter) + "'").orElse(ENTER);
    words.addAll(List.of("/bin/sh", "-c", enter, "sh"));
    group.ifPresent(own -> own.members().forEach(members -> words.add(members.toString())));
    words.add("--");
    words.addAll(
        List.of(
            sandbox.bubblewrap().toString(),
            "--unshare-all",
            "--unshare-user",
            "--die-with-parent",
            "--new-session",
            "--cap-drop",
            "ALL",
            "--uid",
            NOBODY,
            "--gid",
            NOBODY,
            "--hostname",
            "ward"));
    if (sandbox.filter().isPresent()) {
      words.addAll(List.of("--seccomp", "9"));
    }
    environment(words);
    words.addAll(List.of("--proc", "/proc", "--dev", "/dev"));
    temporary("/dev/shm", words);
    devices(words);
    temporary("/tmp", words);
    var programs = enclosure.python().isPresent() ? mounts.with(enclosure.python().get()) : mounts;
    words.addAll(programs.words(sandbox.hidden()));
    read(folder.resolve("passwd"), Path.of("/etc/passwd"), words);
    read(enclosure.jobFolder(), JOB, words);
    if (enclosure.dataset().isPresent()) {
      read(enclosure.dataset().get().toRealPath(), data(enclosure.dataset().get()), words);
    }
    if (socket.isPresent()) {
      read(socket.get(), SOCKET, words);
    }
    read(in, IN, words);
    words.addAll(List.of("--bind", out.toString(), OUT.toString()));
    words.addAll(List.of("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/tmp", "--"));
    limits(words);
    words.addAll(command);
    return words;
  }

  /// Where the sandbox has a dataset.
  public static Path data(Path dataset) {
    return DATA.resolve(String.valueOf(dataset.getFileName()));
  }

  private static String quoted(Path path) {
    return path.toAbsolutePath().toString().replace("'", "'\\''");
  }

  private void environment(List<String> words) {
    words.add("--clearenv");
    set("PATH", "/usr/bin:/bin", words);
    set("HOME", "/tmp", words);
    set("USER", "nobody", words);
    set("LANG", "C.UTF-8", words);
    set("MALLOC_ARENA_MAX", "2", words);
    // The order in which the system numbers their files.
    set("CUDA_DEVICE_ORDER", "PCI_BUS_ID", words);
    set(
        "CUDA_VISIBLE_DEVICES",
        String.join(",", enclosure.gpus().stream().map(String::valueOf).toList()),
        words);
  }

  private static void set(String name, String value, List<String> words) {
    words.addAll(List.of("--setenv", name, value));
  }

  private static void read(Path from, Path to, List<String> words) {
    words.addAll(List.of("--ro-bind", from.toAbsolutePath().toString(), to.toString()));
  }

  private void temporary(String where, List<String> words) {
    long bytes = Math.min(enclosure.scratchBytes(), SHARED_MEMORY);
    words.addAll(List.of("--size", Long.toString(bytes), "--tmpfs", where));
  }

  private void devices(List<String> words) {
    if (enclosure.gpus().isEmpty()) {
      return;
    }
    var devices = new ArrayList<>(List.of("nvidiactl", "nvidia-uvm", "nvidia-uvm-tools"));
    enclosure.gpus().forEach(gpu -> devices.add("nvidia" + gpu));
    for (var device : devices) {
      words.addAll(List.of("--dev-bind-try", "/dev/" + device, "/dev/" + device));
    }
  }

  private void limits(List<String> words) {
    words.addAll(
        List.of(
            "/usr/bin/prlimit",
            "--core=0",
            "--nofile=4096",
            "--fsize=" + enclosure.scratchBytes()));
    if (group.isEmpty()) {
      words.add("--data=" + Sandbox.dataLimit(enclosure));
      words.add("--nproc=" + enclosure.processes());
    }
    words.add("--");
  }

  /// Gives the sandbox a file to read.
  ///
  /// @return where the sandbox has it
  public Path give(Path file, String name) throws IOException {
    var target = in.resolve(name);
    Files.deleteIfExists(target);
    try {
      Files.createLink(target, file);
    } catch (IOException | UnsupportedOperationException _) {
      // Another file system, or one without links.
      Files.copy(file, target);
    }
    return IN.resolve(name);
  }

  /// Makes an empty folder for one task.
  ///
  /// @return where the sandbox has it
  public Path scratch() throws IOException {
    Files.createDirectories(out.resolve("scratch"));
    return OUT.resolve("scratch");
  }

  /// Brings a file out, if the sandbox has left one under this name.
  ///
  /// @param target where a copy goes
  /// @throws IOException if it is no file, or cannot be copied
  public void take(String name, Path target) throws IOException {
    var left = out.resolve(name);
    if (!Files.exists(left, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    // Once it is moved, the sandbox can no longer put something else in its place.
    Files.move(left, taken, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    if (!Files.isRegularFile(taken, LinkOption.NOFOLLOW_LINKS)) {
      ScratchFiles.delete(taken);
      throw new IOException("the job's process left something else than a file");
    }
    try (var from = FileChannel.open(taken, StandardOpenOption.READ);
        var to =
            FileChannel.open(
                target,
                StandardOpenOption.WRITE,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
      long size = Math.min(from.size(), enclosure.scratchBytes());
      for (long at = 0; at < size; ) {
        long count = from.transferTo(at, size - at, to);
        if (count <= 0) {
          throw new IOException("the job's process shortened its result while it was read");
        }
        at += count;
      }
    }
    Files.delete(taken);
  }

  /// Empties `in` and `out` after a task.
  public void clear() throws IOException {
    for (var own : List.of(in, out)) {
      try (var entries = Files.newDirectoryStream(own)) {
        for (var entry : entries) {
          ScratchFiles.delete(entry);
        }
      }
    }
  }

  /// Whether its files are no more than it may have, with those that have no name any more.
  ///
  /// @param processes that may hold such files open
  public boolean isWithinDisk(Stream<ProcessHandle> processes) {
    return ScratchFiles.isWithin(
        out, enclosure.scratchBytes() - ScratchFiles.nameless(processes, OUT));
  }

  /// How much it may have, in MiB.
  public long diskMebibytes() {
    return enclosure.scratchBytes() >> 20;
  }

  /// Why its process may have ended, if the sandbox knows.
  public Optional<String> ending() {
    return group.filter(ControlGroups.Group::ranOutOfMemory).isPresent()
        ? Optional.of(
            "it used more memory than the "
                + (enclosure.memoryBytes() >> 20)
                + " MiB that the job asks for")
        : Optional.empty();
  }

  /// Removes its files; its processes have ended. Once is enough.
  @Override
  public void close() throws IOException {
    if (closed.getAndSet(true)) {
      return;
    }
    group.ifPresent(ControlGroups.Group::close);
    ScratchFiles.delete(folder);
  }
}
