package org.wardfl.client.node;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.wardfl.certs.PrivateFile;
import org.wardfl.client.admission.SeenJobs;
import org.wardfl.proto.job.JobId;

/// The jobs that were let in before: one small file for each, named by its id, durable before the
/// job is let in, and deleted once the job has expired.
final class SeenJobFiles implements SeenJobs {

  private record Seen(String nonce, Instant expires) {}

  private final Path folder;
  private final Map<JobId, Seen> seen = new HashMap<>();

  /// Reads the folder, which is made if it does not exist.
  ///
  /// @throws IOException if a file cannot be read: then nobody knows what was seen
  SeenJobFiles(Path folder, Instant now) throws IOException {
    this.folder = folder;
    PrivateFile.createFolder(folder);
    try (var files = Files.list(folder)) {
      for (var file : files.toList()) {
        var name = String.valueOf(file.getFileName());
        if (name.startsWith(".")) {
          // It was being written when the process ended, so its job was not let in.
          Files.delete(file);
          continue;
        }
        var entry = read(file);
        if (entry.expires().isBefore(now)) {
          Files.delete(file);
        } else {
          seen.put(new JobId(name), entry);
        }
      }
    }
  }

  private static Seen read(Path file) throws IOException {
    var parts = Files.readString(file).strip().split(" ", -1);
    try {
      return new Seen(parts[0], Instant.parse(parts[1]));
    } catch (ArrayIndexOutOfBoundsException | DateTimeException e) {
      throw new IOException(
          file + " is damaged: expected a nonce and a time; restore it from a backup", e);
    }
  }

  @Override
  public synchronized boolean contains(JobId job, String nonce) {
    return seen.containsKey(job)
        || seen.values().stream().anyMatch(entry -> entry.nonce().equals(nonce));
  }

  @Override
  public synchronized void remember(JobId job, String nonce, Instant expires) throws IOException {
    if (!seen.containsKey(job)) {
      PrivateFile.write(
          folder.resolve(job.value()),
          (nonce + " " + expires + "\n").getBytes(StandardCharsets.US_ASCII));
      seen.put(job, new Seen(nonce, expires));
    }
  }
}
