package org.wardfl.client.admission;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.wardfl.proto.job.JobId;

/// Remembers across processes that are killed; a half line is no line.
final class FileSeenJobs implements SeenJobs {

  private final Path file;
  private final Set<String> words = new HashSet<>();

  FileSeenJobs(Path file) throws IOException {
    this.file = file;
    var text = Files.exists(file) ? Files.readString(file) : "";
    text.substring(0, text.lastIndexOf('\n') + 1)
        .lines()
        .forEach(line -> words.addAll(Set.of(line.split(" ", -1))));
  }

  @Override
  public synchronized boolean contains(JobId job, String nonce) {
    return words.contains(job.value()) || words.contains(nonce);
  }

  @Override
  public synchronized void remember(JobId job, String nonce, Instant expires) throws IOException {
    var line = "\n" + job + " " + nonce + "\n";
    try (var channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII)));
      channel.force(true);
    }
    words.add(job.value());
    words.add(nonce);
  }
}
