package org.wardfl.client.state;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.wardfl.algo.model.Durability;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.proto.WireException;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskCodec;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.proto.task.TaskOutcome;
import org.wardfl.proto.wire.StoredResult;

/// One site's results, each a folder with the update, the state and the outcome, so that all three
/// are there or none is.
///
/// A folder is filled beside its place and moved there. The state of a track is that of its last
/// stored task. Results of earlier rounds are deleted when a later one of the same track is stored.
/// One process per folder; safe for many threads.
public final class ResultStore {

  private static final String OUTCOME = "outcome";
  private static final String UPDATE = "update.safetensors";
  private static final String STATE = "state";

  private final Path folder;
  private final Durability durability;
  private final Map<TaskKey, Stored> results = new HashMap<>();

  /// A stored result.
  ///
  /// @param task the task
  /// @param outcome what the site answers
  /// @param update the file that the outcome names, if it names one
  /// @param state the algorithm's state after the task, if it keeps one
  public record Stored(
      TaskAssignment task, TaskOutcome outcome, Optional<Path> update, Optional<Path> state) {}

  /// Opens the folder and reads what is there.
  ///
  /// @throws IOException if it cannot be read
  public ResultStore(Path folder, Durability durability) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.durability = durability;
    try (var entries = Files.list(folder)) {
      for (var entry : entries.toList()) {
        if (Files.exists(entry.resolve(OUTCOME))) {
          var stored = read(entry);
          results.put(stored.task().key(), stored);
        } else {
          delete(entry);
        }
      }
    }
  }

  /// A fresh folder for a task to work in; what is in it disappears with [#discard] or moves with
  /// [#commit].
  ///
  /// @throws IOException if it cannot be made
  public Path begin(TaskKey key) throws IOException {
    var work = folder.resolve("work-" + name(key));
    delete(work);
    Files.createDirectories(work.resolve("scratch"));
    return work;
  }

  /// Where a task in this folder writes its update.
  public static Path update(Path work) {
    return work.resolve(UPDATE);
  }

  /// Where a task in this folder writes its state.
  public static Path state(Path work) {
    return work.resolve(STATE);
  }

  /// The result of a task, if it is stored.
  public synchronized Optional<Stored> find(TaskKey key) {
    return Optional.ofNullable(results.get(key));
  }

  /// The state that the next task of a track starts from: that of its last task before this round.
  public synchronized Optional<Path> stateBefore(TaskAssignment task) {
    var candidates = new TreeMap<Integer, Path>();
    results
        .values()
        .forEach(stored -> {
          var key = stored.task().key();
          if (sameTrack(stored.task(), task) && key.round() < task.key().round()) {
            stored.state().ifPresent(state -> candidates.put(key.round(), state));
          }
        });
    return Optional.ofNullable(candidates.lastEntry()).map(Map.Entry::getValue);
  }

  /// Stores a result: the folder takes its place, with the outcome in it.
  ///
  /// @param work the folder in which the task worked
  /// @throws IOException if it cannot be made durable; then it is not stored
  public Stored commit(Path work, TaskAssignment task, TaskOutcome outcome) throws IOException {
    delete(work.resolve("scratch"));
    var message =
        StoredResult.newBuilder()
            .setTask(TaskCodec.toWire(task))
            .setOutcome(TaskCodec.toWire(outcome))
            .build();
    Files.write(work.resolve(OUTCOME), message.toByteArray());
    if (durability == Durability.DISK) {
      try (var files = Files.list(work)) {
        for (var file : files.toList()) {
          force(file);
        }
      }
      force(work);
    }
    var target = folder.resolve(name(task.key()));
    synchronized (this) {
      Files.move(work, target, StandardCopyOption.ATOMIC_MOVE);
      if (durability == Durability.DISK) {
        force(folder);
      }
      var stored =
          new Stored(
              task, outcome, existing(target.resolve(UPDATE)), existing(target.resolve(STATE)));
      results.put(task.key(), stored);
      prune(task);
      return stored;
    }
  }

  /// Throws a task's folder away.
  ///
  /// @throws IOException if it cannot be deleted
  public void discard(Path work) throws IOException {
    delete(work);
  }

  /// Forgets everything about a job.
  ///
  /// @throws IOException if it cannot be deleted
  public synchronized void forget(JobId job) throws IOException {
    for (var key : results.keySet().stream().filter(key -> key.job().equals(job)).toList()) {
      results.remove(key);
      delete(folder.resolve(name(key)));
    }
  }

  // The round before is kept: its state is what a repeated task of this round would start from.
  private void prune(TaskAssignment newest) throws IOException {
    for (var stored : results.values().stream().toList()) {
      var key = stored.task().key();
      if (sameTrack(stored.task(), newest) && key.round() < newest.key().round() - 1) {
        results.remove(key);
        delete(folder.resolve(name(key)));
      }
    }
  }

  private static boolean sameTrack(TaskAssignment left, TaskAssignment right) {
    return left.key().job().equals(right.key().job()) && left.track().equals(right.track());
  }

  private static Stored read(Path entry) throws IOException {
    try {
      var message = StoredResult.parseFrom(Files.readAllBytes(entry.resolve(OUTCOME)));
      return new Stored(
          TaskCodec.fromWire(message.getTask()),
          TaskCodec.fromWire(message.getOutcome()),
          existing(entry.resolve(UPDATE)),
          existing(entry.resolve(STATE)));
    } catch (InvalidProtocolBufferException | WireException e) {
      throw new IOException(
          entry.getFileName() + ": the stored outcome is damaged: " + e.getMessage(), e);
    }
  }

  private static Optional<Path> existing(Path file) {
    return Files.exists(file) ? Optional.of(file) : Optional.empty();
  }

  private static String name(TaskKey key) {
    return key.job() + "-" + key.round() + "-" + key.step();
  }

  private static void force(Path path) throws IOException {
    try (var channel =
        java.nio.channels.FileChannel.open(path, java.nio.file.StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static void delete(Path path) throws IOException {
    try (var entries = Files.walk(path)) {
      for (var entry : entries.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(entry);
      }
    } catch (NoSuchFileException _) {
      // It is gone already.
      return;
    }
  }

  /// The hash that an outcome names, if it names a file.
  public static Optional<ModelHash> file(TaskOutcome outcome) {
    return switch (outcome) {
      case TaskOutcome.Initialized(var model) -> Optional.of(model.hash());
      case TaskOutcome.Trained trained -> Optional.of(trained.update().hash());
      case TaskOutcome.Evaluated _,
          TaskOutcome.Described _,
          TaskOutcome.Declined _,
          TaskOutcome.Failed _ ->
          Optional.empty();
    };
  }
}
