package org.wardfl.server.log;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.admin.LogLine;
import org.wardfl.proto.job.JobId;

/// What jobs print at sites that let it out: a file for each job, a line for each line, so much of
/// each site and no more. Not durable at once: a crash of the machine may lose the last lines.
/// Thread-safe.
public final class JobLogs {

  private static final String SUFFIX = ".log";
  private static final int PAGE_BYTES = 256 << 10;

  private final Path folder;
  private final InstantSource clock;
  private final long mostBytes;
  private final Map<JobId, Kept> jobs = new HashMap<>();

  /// What is known of a job's file without reading it.
  private static final class Kept {
    private final Map<SiteName, Long> bytes = new HashMap<>();
    private final Map<SiteName, Long> next = new HashMap<>();
  }

  /// Logs in this folder.
  ///
  /// @param folder made if it is not there
  /// @param mostBytes of each site and job
  /// @throws IOException if the folder cannot be made
  public JobLogs(Path folder, InstantSource clock, long mostBytes) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.clock = clock;
    this.mostBytes = mostBytes;
  }

  /// Lines as a reader gets them.
  ///
  /// @param lines in the order in which they came
  /// @param next where the next page begins
  public record Page(List<LogLine> lines, long next) {

    /// Copies.
    public Page {
      lines = List.copyOf(lines);
    }
  }

  /// Keeps what a site tells.
  ///
  /// @param number of the first line; lines of lower numbers than the next expected were kept
  ///   before
  /// @param leftOut how many lines the site left out before these
  /// @return whether more is kept of this site
  /// @throws IOException if the file cannot be written
  public synchronized boolean add(
      JobId job, SiteName site, long number, List<String> lines, long leftOut) throws IOException {
    var kept = kept(job);
    long expected = kept.next.getOrDefault(site, 0L);
    int known = Math.clamp(expected - number, 0, lines.size());
    var fresh = new ArrayList<>(lines.subList(known, lines.size()));
    if (leftOut > 0 && known == 0) {
      fresh.addFirst("(" + leftOut + " lines were left out here: too many at once)");
    }
    long bytes = kept.bytes.getOrDefault(site, 0L);
    if (fresh.isEmpty() || bytes >= mostBytes) {
      return bytes < mostBytes;
    }
    var text = new StringBuilder();
    for (var line : fresh) {
      if (bytes >= mostBytes) {
        break;
      }
      var record = record(new LogLine(site, clock.instant(), line));
      bytes += record.getBytes(StandardCharsets.UTF_8).length;
      text.append(record);
      if (bytes >= mostBytes) {
        text.append(
            record(
                new LogLine(
                    site, clock.instant(), "(the server keeps no more of this site's output)")));
      }
    }
    Files.writeString(file(job), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    kept.bytes.put(site, bytes);
    kept.next.put(site, Math.max(expected, number + lines.size()));
    notifyAll();
    return bytes < mostBytes;
  }

  /// Lines from an offset on, at most about 256 KiB of them; none if there are no more for now.
  ///
  /// @param offset 0, or where an earlier page ended
  /// @param site only of this site, if one is named
  /// @throws IOException if the file cannot be read
  public Page read(JobId job, long offset, Optional<SiteName> site) throws IOException {
    if (!Files.exists(file(job))) {
      return new Page(List.of(), offset);
    }
    var bytes = new byte[PAGE_BYTES];
    int count = 0;
    try (var file = new RandomAccessFile(file(job).toFile(), "r")) {
      if (offset >= file.length()) {
        return new Page(List.of(), offset);
      }
      file.seek(offset);
      for (int read = file.read(bytes); read > 0; ) {
        count += read;
        read = count < bytes.length ? file.read(bytes, count, bytes.length - count) : 0;
      }
    }
    int end = count;
    while (end > 0 && bytes[end - 1] != '\n') {
      end--;
    }
    var lines = new ArrayList<LogLine>();
    for (var line : new String(bytes, 0, end, StandardCharsets.UTF_8).split("\n", -1)) {
      parse(line)
          .filter(found -> site.isEmpty() || site.get().equals(found.site()))
          .ifPresent(lines::add);
    }
    return new Page(lines, offset + end);
  }

  /// Waits until there is more than this of a job, or the time is over.
  public synchronized void await(JobId job, long offset, Duration longest)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + longest.toNanos();
    while (size(job) <= offset) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return;
      }
      wait(left);
    }
  }

  /// Forgets a job.
  ///
  /// @throws IOException if its file cannot be deleted
  public synchronized void delete(JobId job) throws IOException {
    jobs.remove(job);
    Files.deleteIfExists(file(job));
  }

  /// Deletes what has not grown for so long, but for the jobs that have not ended.
  ///
  /// @throws IOException if a file cannot be deleted
  public synchronized void expire(Duration age, Set<JobId> running) throws IOException {
    var before = clock.instant().minus(age);
    try (var files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
      for (var file : files) {
        var name = String.valueOf(file.getFileName());
        var job = new JobId(name.substring(0, name.length() - SUFFIX.length()));
        if (!running.contains(job)
            && Files.getLastModifiedTime(file).toInstant().isBefore(before)) {
          delete(job);
        }
      }
    }
    jobs.keySet().retainAll(running);
  }

  private long size(JobId job) throws IOException {
    return Files.exists(file(job)) ? Files.size(file(job)) : 0;
  }

  private Path file(JobId job) {
    return folder.resolve(job.value() + SUFFIX);
  }

  private Kept kept(JobId job) throws IOException {
    var known = jobs.get(job);
    if (known != null) {
      return known;
    }
    var kept = new Kept();
    for (var page = read(job, 0, Optional.empty());
        !page.lines().isEmpty();
        page = read(job, page.next(), Optional.empty())) {
      for (var line : page.lines()) {
        long bytes = record(line).getBytes(StandardCharsets.UTF_8).length;
        kept.bytes.merge(line.site(), bytes, Long::sum);
      }
    }
    jobs.put(job, kept);
    return kept;
  }

  /// No part of a line has a control character, and a site's name has no space.
  private static String record(LogLine line) {
    return line.at().toEpochMilli() + " " + line.site() + " " + line.text() + "\n";
  }

  private static Optional<LogLine> parse(String record) {
    var parts = record.split(" ", 3);
    if (parts.length < 3) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new LogLine(
              new SiteName(parts[1]), Instant.ofEpochMilli(Long.parseLong(parts[0])), parts[2]));
    } catch (IllegalArgumentException _) {
      // Half a line that a crash left.
      return Optional.empty();
    }
  }
}
