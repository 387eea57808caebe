package org.wardfl.server;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.job.PackageReference;
import org.wardfl.proto.task.DesiredState;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskKey;

/// What the server wants of one site now, and who is told when that changes. Thread-safe.
final class SiteDesk {

  private record Job(JobDefinition definition, Optional<PackageReference> jobPackage) {}

  private final Map<JobId, Job> jobs = new LinkedHashMap<>();
  private final Map<JobId, List<TaskAssignment>> tasks = new LinkedHashMap<>();
  private Runnable watcher = () -> {};
  private long version;
  private boolean connected;

  synchronized DesiredState desired(long epoch) {
    var desired = new ArrayList<DesiredState.DesiredJob>();
    jobs.forEach((id, job) ->
        desired.add(
            new DesiredState.DesiredJob(
                id, job.definition(), job.jobPackage(), tasks.getOrDefault(id, List.of()))));
    return new DesiredState(epoch, version, desired);
  }

  synchronized boolean isConnected() {
    return connected;
  }

  synchronized void connect(Runnable onChange) {
    watcher = onChange;
    connected = true;
  }

  synchronized void disconnect() {
    watcher = () -> {};
    connected = false;
  }

  void begin(JobId id, JobDefinition definition, Optional<PackageReference> jobPackage) {
    change(() -> jobs.put(id, new Job(definition, jobPackage)));
  }

  void end(JobId id) {
    change(() -> {
      jobs.remove(id);
      tasks.remove(id);
    });
  }

  void give(JobId id, List<TaskAssignment> assignments) {
    change(() -> tasks.put(id, List.copyOf(assignments)));
  }

  void withdraw(JobId id) {
    boolean had;
    synchronized (this) {
      had = tasks.containsKey(id);
    }
    if (had) {
      change(() -> tasks.remove(id));
    }
  }

  void answered(TaskKey key) {
    change(() ->
        tasks.computeIfPresent(
            key.job(),
            (_, assignments) ->
                assignments.stream().filter(task -> !task.key().equals(key)).toList()));
  }

  private void change(Runnable change) {
    Runnable toTell;
    synchronized (this) {
      change.run();
      version++;
      toTell = watcher;
    }
    toTell.run();
  }
}
