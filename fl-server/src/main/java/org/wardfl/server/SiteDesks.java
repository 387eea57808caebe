package org.wardfl.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.server.job.JobEvent;
import org.wardfl.server.job.JobState;

/// The desks of all sites, those that never connected too, and what a job does to several of them.
///
/// Thread-safe: each desk has a lock of its own, under which no other is taken. A site hears of a
/// change on the thread that makes it, without the desk's lock but often under that of the job: a
/// watcher must not block.
final class SiteDesks {

  private final Map<SiteName, SiteDesk> desks = new ConcurrentHashMap<>();

  /// A site's desk, a new one if nobody has asked for it before.
  SiteDesk of(SiteName site) {
    return desks.computeIfAbsent(site, _ -> new SiteDesk());
  }

  /// The sites of a job learn of it; they get no tasks yet.
  void begin(JobEvent.Submitted job) {
    for (var site : job.definition().sites()) {
      of(site).begin(job.id(), job.definition(), job.jobPackage());
    }
  }

  /// The job has the resources of these sites.
  void take(JobId id, Set<SiteName> sites) {
    sites.forEach(site -> of(site).take(id));
  }

  /// Gives each site those of its tasks that it has not answered.
  void give(JobId id, JobState.OpenRound round) {
    var bySite = new TreeMap<SiteName, List<TaskAssignment>>();
    for (var task : round.plan().tasks()) {
      if (!round.answers().containsKey(task.key())) {
        bySite.computeIfAbsent(task.key().site(), _ -> new ArrayList<>()).add(task);
      }
    }
    bySite.forEach((site, tasks) -> of(site).give(id, tasks));
  }

  /// Nobody waits for the answers of a round any more.
  void withdraw(JobId id, JobState.OpenRound round) {
    round.plan().tasks().forEach(task -> of(task.key().site()).withdraw(id));
  }

  /// The job has ended for its sites.
  void end(JobEvent.Submitted job) {
    job.definition().sites().forEach(site -> of(site).end(job.id()));
  }
}
