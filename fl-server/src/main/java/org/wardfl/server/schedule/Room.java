package org.wardfl.server.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.wardfl.proto.job.ResourceRequest;
import org.wardfl.proto.task.SiteCapacity;

/// What a site offers, and how much of it nobody has. Not thread-safe.
final class Room {

  private final SiteCapacity all;
  private long gpus;
  private long cpuThreads;
  private long memoryBytes;
  private long jobs;

  Room(SiteCapacity all) {
    this.all = all;
    gpus = all.gpus();
    cpuThreads = all.cpuThreads();
    memoryBytes = all.memoryBytes();
    jobs = all.maxJobs();
  }

  /// Gives away what a job asks for, whether it is there or not.
  void take(ResourceRequest request) {
    gpus -= request.gpus();
    cpuThreads -= request.cpuThreads();
    memoryBytes -= request.memoryBytes();
    jobs--;
  }

  /// Why a job never fits, in words; empty if it does when nobody else is there.
  Optional<String> shortOf(ResourceRequest request) {
    var lacks = new ArrayList<String>();
    add(lacks, "GPUs", request.gpus(), all.gpus());
    add(lacks, "CPU threads", request.cpuThreads(), all.cpuThreads());
    if (request.memoryBytes() > all.memoryBytes()) {
      lacks.add(
          size(request.memoryBytes()) + " of memory, the site gives " + size(all.memoryBytes()));
    }
    if (all.maxJobs() < 1) {
      lacks.add("a place, the site gives none");
    }
    return sentence("the job asks for ", lacks);
  }

  private static void add(List<String> lacks, String what, long wanted, long given) {
    if (wanted > given) {
      lacks.add(wanted + " " + what + ", the site gives " + given);
    }
  }

  /// What a job would have to wait for, in words; empty if it fits now.
  Optional<String> busy(ResourceRequest request) {
    var lacks = new ArrayList<String>();
    if (request.gpus() > gpus) {
      lacks.add(taken("GPUs", request.gpus(), gpus, all.gpus()));
    }
    if (request.cpuThreads() > cpuThreads) {
      lacks.add(taken("CPU threads", request.cpuThreads(), cpuThreads, all.cpuThreads()));
    }
    if (request.memoryBytes() > memoryBytes) {
      lacks.add(
          "memory: "
              + size(request.memoryBytes())
              + " asked for, "
              + size(Math.max(0, memoryBytes))
              + " of "
              + size(all.memoryBytes())
              + " free");
    }
    if (jobs < 1) {
      lacks.add("the site runs its " + all.maxJobs() + (all.maxJobs() == 1 ? " job" : " jobs"));
    }
    return sentence("", lacks);
  }

  private static String taken(String what, long wanted, long free, long all) {
    return what + ": " + wanted + " asked for, " + Math.max(0, free) + " of " + all + " free";
  }

  private static Optional<String> sentence(String beginning, List<String> parts) {
    return parts.isEmpty() ? Optional.empty() : Optional.of(beginning + String.join("; ", parts));
  }

  private static String size(long bytes) {
    return bytes % (1L << 30) == 0
        ? (bytes >> 30) + " GiB"
        : String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30));
  }
}
