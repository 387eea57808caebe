package org.wardfl.client.admission;

import java.io.IOException;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.wardfl.proto.job.JobId;

/// Remembers as long as the test lasts, unless its disk is full.
final class MemorySeenJobs implements SeenJobs {

  private final Set<JobId> jobs = ConcurrentHashMap.newKeySet();
  private final Set<String> nonces = ConcurrentHashMap.newKeySet();
  private volatile boolean full;

  void fill(boolean now) {
    full = now;
  }

  @Override
  public boolean contains(JobId job, String nonce) {
    return jobs.contains(job) || nonces.contains(nonce);
  }

  @Override
  public void remember(JobId job, String nonce, Instant expires) throws IOException {
    if (full) {
      throw new IOException("no space left on device");
    }
    jobs.add(job);
    nonces.add(nonce);
  }
}
