package org.wardfl.simulator;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.Locale;

/// The folder of one run: `WORKSPACE/<job name>/run-001` and so on, each made by exactly one run.
///
/// While the run is on, `server/` and `sites/` hold what the server and the sites keep; at its end
/// the results are moved to the top and both disappear. `logs/` and `samples/` stay.
final class RunFolder {

  private static final int MOST_RUNS = 1_000_000;

  private final Path folder;

  private RunFolder(Path folder) {
    this.folder = folder;
  }

  /// Makes the next free one.
  ///
  /// @throws SimulationException if the workspace cannot be written
  static RunFolder create(Path workspace, String jobName) throws SimulationException {
    try {
      var parent = Files.createDirectories(workspace.resolve(fileName(jobName)));
      for (int number = next(parent); number < MOST_RUNS; number++) {
        try {
          return new RunFolder(
              Files.createDirectory(
                  parent.resolve(String.format(Locale.ROOT, "run-%03d", number))));
        } catch (FileAlreadyExistsException _) {
          // Another run was quicker, or the number was taken before: take the next.
        }
      }
      throw new SimulationException("the workspace " + parent + " is full of runs; delete some");
    } catch (IOException e) {
      throw new SimulationException(
          "the workspace "
              + workspace
              + " cannot be written: "
              + reason(e)
              + "; name another with --workspace");
    }
  }

  /// Why, without repeating the path.
  static String reason(IOException e) {
    return switch (e) {
      case FileAlreadyExistsException there -> there.getFile() + " is not a folder";
      case AccessDeniedException denied -> "permission denied to write " + denied.getFile();
      case FileSystemException file when file.getReason() != null -> file.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }

  private static int next(Path parent) throws IOException {
    try (var runs = Files.list(parent)) {
      return 1
          + runs.map(run -> run.getFileName().toString())
              .filter(name -> name.matches("run-[0-9]{3,7}"))
              .mapToInt(name -> Integer.parseInt(name.substring("run-".length())))
              .max()
              .orElse(0);
    }
  }

  private static String fileName(String jobName) {
    var name = jobName.replaceAll("[^A-Za-z0-9._-]+", "-");
    return name.startsWith(".") ? "job" + name : name;
  }

  Path path() {
    return folder;
  }

  Path server() {
    return folder.resolve("server");
  }

  Path site(String name) {
    return folder.resolve("sites").resolve(name);
  }

  /// Where a site keeps sample pictures; they stay with the results.
  Path samples(String site) {
    return folder.resolve("samples").resolve(site);
  }

  Path logs() {
    return folder.resolve("logs");
  }

  /// Moves the results to the top and deletes what the run no longer needs.
  void finish(Path results) throws IOException {
    if (Files.isDirectory(results)) {
      try (var files = Files.list(results)) {
        for (var file : files.toList()) {
          Files.move(file, folder.resolve(file.getFileName()), StandardCopyOption.ATOMIC_MOVE);
        }
      }
    }
    delete(server());
    delete(folder.resolve("sites"));
  }

  /// Deletes what no other run and no person can use: what the run would need to go on, and the
  /// folder itself if nothing else is in it.
  void abandon() throws IOException {
    delete(server());
    delete(folder.resolve("sites"));
    try (var left = Files.list(folder)) {
      if (left.findAny().isPresent()) {
        return;
      }
    }
    Files.delete(folder);
  }

  private static void delete(Path path) throws IOException {
    try (var entries = Files.walk(path)) {
      for (var entry : entries.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(entry);
      }
    } catch (NoSuchFileException _) {
      // It was never made.
      return;
    }
  }
}
