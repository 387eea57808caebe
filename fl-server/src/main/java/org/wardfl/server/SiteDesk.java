package org.wardfl.server;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.job.PackageReference;
import org.wardfl.proto.task.DesiredState;
import org.wardfl.proto.task.ObservedState;
import org.wardfl.proto.task.SiteCapacity;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.server.schedule.SiteView;

/// What the server wants of one site now, and who is told when that changes. Thread-safe.
final class SiteDesk {

  private record Job(JobDefinition definition, Optional<PackageReference> jobPackage) {}

  private final Map<JobId, Job> jobs = new LinkedHashMap<>();
  private final Map<JobId, List<TaskAssignment>> tasks = new LinkedHashMap<>();
  private Runnable watcher = () -> {};
  private long version;
  private boolean connected;
  private long connections;
  private Optional<SiteCapacity> capacity = Optional.empty();
  private Map<JobId, ObservedState.ObservedJob> decisions = Map.of();
  private Optional<String> disabled = Optional.empty();
  private final Set<JobId> taken = new HashSet<>();

  synchronized DesiredState desired(long epoch) {
    // A job that is not listed has ended for the site: those that it may work on come first.
    var order = new LinkedHashSet<>(tasks.keySet());
    jobs.keySet().stream().filter(taken::contains).forEach(order::add);
    order.retainAll(jobs.keySet());
    order.addAll(jobs.keySet());
    var desired =
        order.stream()
            .limit(DesiredState.MOST_JOBS)
            .map(id -> desired(id, Objects.requireNonNull(jobs.get(id), id.value())))
            .toList();
    return new DesiredState(epoch, version, desired);
  }

  private DesiredState.DesiredJob desired(JobId id, Job job) {
    return new DesiredState.DesiredJob(
        id,
        job.definition(),
        job.jobPackage(),
        isWorking(id) ? tasks.getOrDefault(id, List.of()) : List.of());
  }

  synchronized boolean isConnected() {
    return connected;
  }

  /// Whether the site may have tasks of a job: it has given its resources, or counts none.
  synchronized boolean isWorking(JobId id) {
    return disabled.isEmpty() && (capacity.isEmpty() || taken.contains(id));
  }

  /// What is known of the site when work is given out.
  synchronized SiteView view() {
    return new SiteView(connected, disabled, capacity, decisions);
  }

  /// The site tells what it has and has decided.
  ///
  /// @return whether that is new
  boolean observed(ObservedState state) {
    var told =
        state.jobs().stream()
            .collect(Collectors.toMap(ObservedState.ObservedJob::id, Function.identity()));
    boolean tells;
    synchronized (this) {
      if (capacity.equals(state.capacity()) && decisions.equals(told)) {
        return false;
      }
      tells = capacity.isPresent() != state.capacity().isPresent();
      decisions = told;
      capacity = state.capacity();
    }
    if (tells) {
      change(() -> {});
    }
    return true;
  }

  /// Asks nothing of the site any more, or again.
  ///
  /// @param why empty for again
  void disable(Optional<String> why) {
    change(() -> disabled = why);
  }

  /// The job has the site's resources.
  void take(JobId id) {
    change(() -> taken.add(id));
  }

  /// The number of the connection, for [#disconnect].
  synchronized long connect(Runnable onChange) {
    watcher = onChange;
    connected = true;
    connections++;
    return connections;
  }

  synchronized void disconnect(long connection) {
    if (connections == connection) {
      watcher = () -> {};
      connected = false;
    }
  }

  synchronized boolean awaits(TaskKey key) {
    return tasks.getOrDefault(key.job(), List.of()).stream()
        .anyMatch(task -> task.key().equals(key));
  }

  synchronized boolean needs(ModelHash file) {
    return jobs.values().stream()
            .anyMatch(job -> job.jobPackage().filter(it -> it.hash().equals(file)).isPresent())
        || tasks.values().stream()
            .flatMap(List::stream)
            .anyMatch(task -> task.model().equals(Optional.of(file)));
  }

  void begin(JobId id, JobDefinition definition, Optional<PackageReference> jobPackage) {
    change(() -> jobs.put(id, new Job(definition, jobPackage)));
  }

  void end(JobId id) {
    change(() -> {
      taken.remove(id);
      jobs.remove(id);
      tasks.remove(id);
    });
  }

  void give(JobId id, List<TaskAssignment> assignments) {
    change(() -> tasks.put(id, List.copyOf(assignments)));
  }

  void withdraw(JobId id) {
    boolean asked;
    synchronized (this) {
      asked = !tasks.getOrDefault(id, List.of()).isEmpty();
    }
    // A site that has answered everything is asked for nothing already.
    if (asked) {
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
