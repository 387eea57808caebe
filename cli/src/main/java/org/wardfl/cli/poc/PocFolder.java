package org.wardfl.cli.poc;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wardfl.certs.Passphrase;
import org.wardfl.certs.PrivateFile;
import org.wardfl.cli.CommandException;
import org.wardfl.cli.ExitCode;
import org.wardfl.provisioning.yaml.YamlException;

/// The folder of one federation of `ward poc`: `poc.yaml` with what was asked for, `federation` as
/// `ward provision` makes it with all kits, and `logs`. The processes keep their data in their
/// kits.
///
/// @param path the folder, absolute; it need not be there
public record PocFolder(Path path) {

  /// The server's name, which is where participants reach it.
  static final String SERVER = "localhost";

  /// The person whose kit commands use.
  static final String PERSON = "admin@ward.poc";

  private static final String LOCK = "lock";

  /// The folder behind a path that somebody gave, so that its processes are found by it.
  public static PocFolder of(Path given) {
    var path = given.toAbsolutePath().normalize();
    try {
      return new PocFolder(path.toRealPath());
    } catch (IOException _) {
      return new PocFolder(path);
    }
  }

  Path settingsFile() {
    return path.resolve("poc.yaml");
  }

  Path federation() {
    return path.resolve("federation");
  }

  Path logs() {
    return path.resolve("logs");
  }

  Path log(String participant) {
    return logs().resolve(participant + ".log");
  }

  Path kits() {
    return federation().resolve("kits");
  }

  /// The startup kit of a participant.
  Path kit(String participant) {
    return kits().resolve(participant);
  }

  /// The file with the password of a participant's key.
  Path passwordFile(String participant) {
    return federation().resolve("passwords").resolve(participant + ".txt");
  }

  Passphrase password(String participant) throws IOException {
    return new Passphrase(Files.readString(passwordFile(participant)).strip());
  }

  /// What the federation was made with; empty if there is none here.
  ///
  /// @throws CommandException if the file is not as `ward poc up` wrote it
  Optional<PocSettings> settings() throws IOException {
    if (!Files.exists(settingsFile())) {
      return Optional.empty();
    }
    try {
      return Optional.of(PocSettings.read(settingsFile()));
    } catch (YamlException e) {
      throw new CommandException(
          ExitCode.FAILED, e.getMessage() + "; 'ward poc down' deletes this federation", e);
    }
  }

  /// A federation that is there.
  ///
  /// @param kit of the person who may do everything in it
  /// @param passwordFile for the kit's key
  /// @param running whether its server is
  public record Found(Path kit, Path passwordFile, boolean running) {}

  /// The kit for commands that were given none; empty if there is no federation here.
  public Optional<Found> person() {
    if (!Files.exists(settingsFile()) || !Files.exists(kit(PERSON))) {
      return Optional.empty();
    }
    return Optional.of(
        new Found(
            kit(PERSON),
            passwordFile(PERSON),
            new PocProcesses(this).running().containsKey(SERVER)));
  }

  /// Makes sure that only one command changes the federation at a time.
  ///
  /// @throws CommandException if another one does
  FileChannel lock() throws IOException {
    PrivateFile.createFolder(path);
    var file =
        FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (file.tryLock() == null) {
      file.close();
      throw new CommandException(
          ExitCode.FAILED,
          "another 'ward poc' is at work in " + path + "; wait for it, or end it first");
    }
    return file;
  }

  /// Refuses a folder in which something else lies, because `down` will delete it.
  void requireOurs() throws IOException {
    if (!Files.isDirectory(path) || Files.exists(settingsFile())) {
      return;
    }
    try (var entries = Files.list(path)) {
      if (entries.anyMatch(entry -> !entry.endsWith(LOCK))) {
        throw new CommandException(
            ExitCode.WRONG_INPUT,
            path + " holds no federation of 'ward poc', but other files; name another --folder");
      }
    }
  }

  /// Deletes everything, what tells that it is ours last, so that a deletion that was cut is taken
  /// up by the next.
  void delete() throws IOException {
    var paths = new ArrayList<Path>();
    if (Files.isDirectory(path)) {
      try (var tree = Files.walk(path)) {
        tree.filter(one -> !one.equals(path) && !one.equals(settingsFile())).forEach(paths::add);
      }
      for (var one : paths.reversed()) {
        Files.deleteIfExists(one);
      }
      Files.deleteIfExists(settingsFile());
      Files.deleteIfExists(path);
    }
  }

  /// The last lines of what a participant said.
  List<String> lastLines(String participant, int count) throws IOException {
    if (!Files.exists(log(participant))) {
      return List.of();
    }
    var lines = Files.readString(log(participant), StandardCharsets.UTF_8).lines().toList();
    return lines.subList(Math.max(0, lines.size() - count), lines.size());
  }
}
