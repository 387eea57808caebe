package org.wardfl.client.control;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.wardfl.certs.PrivateFile;
import org.wardfl.client.job.SignedJob;
import org.wardfl.client.policy.LocalDecisions;
import org.wardfl.proto.job.JobId;

/// What people at the site have decided: one small file for each decision, durable before it
/// counts.
///
/// A decision about a job is deleted once the job has expired, since no site runs it then anyway.
public final class DecisionFiles implements LocalDecisions {

  private static final String APPROVED = ".approved";
  private static final String LEFT = ".left";
  private static final String PAUSED = "paused";

  /// A decision.
  ///
  /// @param expires when it may be forgotten
  /// @param subject what exactly it is about; `-` if its name says it all
  /// @param by who decided
  private record Decision(Instant expires, String subject, String by) {

    static Decision read(Path file) throws IOException {
      var parts = Files.readString(file).strip().split(" ", 3);
      try {
        return new Decision(Instant.parse(parts[0]), parts[1], parts[2]);
      } catch (ArrayIndexOutOfBoundsException | DateTimeException e) {
        throw new IOException(
            file + " is damaged: expected a time, a hash and a name; delete it to decide anew", e);
      }
    }

    void write(Path file) throws IOException {
      PrivateFile.write(
          file, (expires + " " + subject + " " + by + "\n").getBytes(StandardCharsets.UTF_8));
    }
  }

  private final Path folder;
  private final Map<String, Decision> decisions = new HashMap<>();

  /// Reads the folder, which is made if it does not exist.
  ///
  /// @throws IOException if a file cannot be read: then nobody knows what was decided
  public DecisionFiles(Path folder, InstantSource clock) throws IOException {
    this.folder = folder;
    PrivateFile.createFolder(folder);
    var now = clock.instant();
    try (var files = Files.newDirectoryStream(folder)) {
      for (var file : files) {
        var name = String.valueOf(file.getFileName());
        if (name.startsWith(".")) {
          // It was being written when the process ended, so it does not count.
          Files.delete(file);
          continue;
        }
        var decision = Decision.read(file);
        if (decision.expires().isBefore(now)) {
          Files.delete(file);
        } else {
          decisions.put(name, decision);
        }
      }
    }
  }

  @Override
  public synchronized boolean isApproved(SignedJob job) {
    var decision = decisions.get(job.id().value() + APPROVED);
    return decision != null && decision.subject().equals(job.manifestSha256());
  }

  @Override
  public synchronized boolean hasLeft(JobId job) {
    return decisions.containsKey(job.value() + LEFT);
  }

  @Override
  public synchronized Optional<String> pausedBy() {
    return Optional.ofNullable(decisions.get(PAUSED)).map(Decision::by);
  }

  /// Approves a job as it was signed.
  ///
  /// @throws IOException if it cannot be made durable; then it does not count
  public void approve(SignedJob job, String by) throws IOException {
    keep(
        job.id().value() + APPROVED,
        new Decision(job.job().submission().expires(), job.manifestSha256(), by));
  }

  /// Takes the site out of a job.
  ///
  /// @throws IOException if it cannot be made durable; then it does not count
  public void leave(SignedJob job, String by) throws IOException {
    keep(
        job.id().value() + LEFT,
        new Decision(job.job().submission().expires(), job.manifestSha256(), by));
  }

  /// Lets no task begin any more.
  ///
  /// @throws IOException if it cannot be made durable; then it does not count
  public void pause(String by) throws IOException {
    keep(PAUSED, new Decision(Instant.parse("9999-12-31T00:00:00Z"), "-", by));
  }

  /// Lets tasks begin again.
  ///
  /// @throws IOException if it cannot be made durable; then it does not count
  public synchronized void resume() throws IOException {
    if (decisions.containsKey(PAUSED)) {
      Files.deleteIfExists(folder.resolve(PAUSED));
      PrivateFile.forceFolder(folder);
      decisions.remove(PAUSED);
    }
  }

  private synchronized void keep(String name, Decision decision) throws IOException {
    decision.write(folder.resolve(name));
    decisions.put(name, decision);
  }
}
