package org.wardfl.client.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardfl.algo.model.Durability;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.proto.WireException;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskCodec;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.proto.task.TaskOutcome;
import org.wardfl.proto.wire.StoredResult;

/// One site's results: an update, the algorithm's state and the outcome of each task, so that all
/// three are there or none is.
///
/// They are files of one folder with a common name. The outcome is written last, beside its place,
/// and moved there: a task without an outcome did not happen, and what it left is deleted at the
/// next start. What an earlier process stored is compared with its checksums before it is used. The
/// state of a track is that of its last stored task. Results of earlier rounds are deleted when a
/// later one of the same track is stored. One process per folder; safe for many threads. Without
/// durability outcomes are only in memory.
public final class ResultStore {

  private static final Logger LOG = LoggerFactory.getLogger(ResultStore.class);
  private static final String OUTCOME = ".outcome";
  private static final String UPDATE = ".update";
  private static final String STATE = ".state";
  // Beside the newest.
  private static final int KEPT_ROUNDS = 1;

  private final Path folder;
  private final Durability durability;
  private final Map<TaskKey, Stored> results = new HashMap<>();
  private final Map<TaskKey, Integer> stateChecksums = new HashMap<>();
  // Stored by an earlier process, and not compared yet.
  private final Set<TaskKey> unread = new HashSet<>();
  // Making and removing folders costs more than all else that a small task does, so they are kept.
  private final ArrayDeque<Path> idleScratch = new ArrayDeque<>();
  private int scratchCount;

  /// A stored result.
  ///
  /// @param task the task
  /// @param outcome what the site answers
  /// @param update the file that the outcome names, if it names one
  /// @param state the algorithm's state after the task, if it keeps one
  public record Stored(
      TaskAssignment task, TaskOutcome outcome, Optional<Path> update, Optional<Path> state) {}

  /// The files of a task in work; they end with [#commit] or [#discard].
  ///
  /// @param update where the update goes
  /// @param state where the state goes
  /// @param received where the received model goes
  /// @param filtered room for the update while the site's filters pass it
  /// @param scratch an empty folder for the algorithm
  public record Work(Path update, Path state, Path received, Path filtered, Path scratch) {}

  /// Opens the folder and reads what is there.
  ///
  /// @throws IOException if it cannot be read
  public ResultStore(Path folder, Durability durability) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.durability = durability;
    var kept = new HashSet<Path>();
    try (var entries = Files.list(folder)) {
      for (var entry : entries.toList()) {
        var file = String.valueOf(entry.getFileName());
        if (file.endsWith(OUTCOME)) {
          var stored = read(entry, file.substring(0, file.length() - OUTCOME.length()));
          results.put(stored.task().key(), stored);
          unread.add(stored.task().key());
          kept.add(entry);
          stored.update().ifPresent(kept::add);
          stored.state().ifPresent(kept::add);
        }
      }
    }
    try (var entries = Files.list(folder)) {
      for (var entry : entries.filter(entry -> !kept.contains(entry)).toList()) {
        delete(entry);
      }
    }
  }

  /// Files for a task to work with.
  ///
  /// @throws IOException if they cannot be made
  public Work begin(TaskKey key) throws IOException {
    var name = name(key);
    var work =
        new Work(
            folder.resolve(name + UPDATE),
            folder.resolve(name + STATE),
            folder.resolve(name + ".received"),
            folder.resolve(name + ".filtered"),
            scratch());
    deleteFile(work.update());
    deleteFile(work.state());
    return work;
  }

  private Path scratch() throws IOException {
    synchronized (this) {
      var idle = idleScratch.poll();
      if (idle != null) {
        return idle;
      }
      scratchCount++;
      return Files.createDirectory(folder.resolve("scratch-" + scratchCount));
    }
  }

  /// The result of a task, if it is stored. One whose update is damaged has become a failure: a
  /// task is never done twice, since its noise would be drawn twice.
  public synchronized Optional<Stored> find(TaskKey key) {
    var stored = results.get(key);
    if (stored != null && unread.remove(key)) {
      stored = compared(stored);
      results.put(key, stored);
    }
    return Optional.ofNullable(stored);
  }

  private static Stored compared(Stored stored) {
    var expected = file(stored.outcome());
    if (expected.isEmpty()) {
      return stored;
    }
    String found;
    try {
      found =
          stored.update().isPresent()
              ? "SHA-256 " + ModelWriter.hash(stored.update().get())
              : "no file";
    } catch (IOException e) {
      found = String.valueOf(e.getMessage());
    }
    if (found.equals("SHA-256 " + expected.get())) {
      return stored;
    }
    LOG.atError()
        .addKeyValue("task", stored.task().key())
        .addKeyValue("file", stored.update().map(Path::toString).orElse("missing"))
        .addKeyValue("expected", expected.get())
        .addKeyValue("found", found)
        .log("a stored update is damaged");
    return new Stored(
        stored.task(),
        new TaskOutcome.Failed("agent", "the result that was stored at the site is damaged"),
        Optional.empty(),
        stored.state());
  }

  /// Whether a task is of a round so long over that its result is not kept any more: nobody but a
  /// server that lies asks for it.
  public synchronized boolean isPast(TaskAssignment task) {
    return results.values().stream()
        .anyMatch(stored ->
            sameTrack(stored.task(), task)
                && stored.task().key().round() - KEPT_ROUNDS > task.key().round());
  }

  /// The state that the next task of a track starts from: that of its last task before this round.
  ///
  /// @throws IOException if it is damaged, with its path, or cannot be read
  public synchronized Optional<Path> stateBefore(TaskAssignment task) throws IOException {
    var candidates = new TreeMap<Integer, Stored>();
    results
        .values()
        .forEach(stored -> {
          var key = stored.task().key();
          if (sameTrack(stored.task(), task)
              && key.round() < task.key().round()
              && stateChecksums.containsKey(key)) {
            candidates.put(key.round(), stored);
          }
        });
    if (candidates.isEmpty()) {
      return Optional.empty();
    }
    var last = candidates.lastEntry().getValue();
    var key = last.task().key();
    var state = folder.resolve(name(key) + STATE);
    if (!OutcomeFile.hasChecksum(state, stateChecksums.getOrDefault(key, 0))) {
      throw new IOException(
          "state file "
              + state
              + " is damaged; restore it from a backup, or abort the job that it belongs to");
    }
    return Optional.of(state);
  }

  /// Stores a result.
  ///
  /// @param work the files that the task worked with
  /// @throws IOException if it cannot be made durable; then it is not stored
  public Stored commit(Work work, TaskAssignment task, TaskOutcome outcome) throws IOException {
    release(work);
    var stored = new Stored(task, outcome, existing(work.update()), existing(work.state()));
    Optional<Integer> checksum = Optional.empty();
    if (stored.state().isPresent()) {
      checksum = Optional.of(OutcomeFile.checksum(stored.state().get()));
    }
    var part = folder.resolve(name(task.key()) + ".part");
    if (durability != Durability.NONE) {
      write(stored, checksum, part);
    }
    synchronized (this) {
      if (durability != Durability.NONE) {
        var target = folder.resolve(name(task.key()) + OUTCOME);
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
      }
      if (durability == Durability.DISK) {
        force(folder);
      }
      results.put(task.key(), stored);
      checksum.ifPresent(found -> stateChecksums.put(task.key(), found));
      prune(task);
      return stored;
    }
  }

  /// Writes the outcome beside its place.
  private void write(Stored stored, Optional<Integer> stateChecksum, Path part) throws IOException {
    var message =
        StoredResult.newBuilder()
            .setTask(TaskCodec.toWire(stored.task()))
            .setOutcome(TaskCodec.toWire(stored.outcome()));
    stateChecksum.ifPresent(message::setStateCrc32C);
    OutcomeFile.write(part, message.build());
    if (durability == Durability.DISK) {
      for (var file : List.of(Optional.of(part), stored.update(), stored.state())) {
        if (file.isPresent()) {
          force(file.get());
        }
      }
      // The names of update and state first: an outcome says that they are there.
      force(folder);
    }
  }

  /// Throws a task's files away.
  ///
  /// @throws IOException if they cannot be deleted
  public void discard(Work work) throws IOException {
    deleteFile(work.update());
    deleteFile(work.state());
    release(work);
  }

  private void release(Work work) throws IOException {
    deleteFile(work.received());
    deleteFile(work.filtered());
    try (var left = Files.newDirectoryStream(work.scratch())) {
      for (var entry : left) {
        delete(entry);
      }
    }
    synchronized (this) {
      idleScratch.add(work.scratch());
    }
  }

  /// The jobs that it has results of.
  public synchronized Set<JobId> jobs() {
    var jobs = new HashSet<JobId>();
    results.keySet().forEach(key -> jobs.add(key.job()));
    return jobs;
  }

  /// Forgets everything about a job.
  ///
  /// @throws IOException if it cannot be deleted
  public synchronized void forget(JobId job) throws IOException {
    for (var key : results.keySet().stream().filter(key -> key.job().equals(job)).toList()) {
      remove(key);
    }
  }

  // The round before is kept: its state is what a repeated task of this round would start from.
  private void prune(TaskAssignment newest) throws IOException {
    for (var stored : results.values().stream().toList()) {
      var key = stored.task().key();
      if (sameTrack(stored.task(), newest) && key.round() < newest.key().round() - KEPT_ROUNDS) {
        remove(key);
      }
    }
  }

  private static boolean sameTrack(TaskAssignment left, TaskAssignment right) {
    return left.key().job().equals(right.key().job()) && left.track().equals(right.track());
  }

  private void remove(TaskKey key) throws IOException {
    results.remove(key);
    stateChecksums.remove(key);
    unread.remove(key);
    // The outcome first: without it the others are waste.
    var endings =
        durability == Durability.NONE ? List.of(UPDATE, STATE) : List.of(OUTCOME, UPDATE, STATE);
    for (var ending : endings) {
      deleteFile(folder.resolve(name(key) + ending));
    }
  }

  private Stored read(Path entry, String name) throws IOException {
    try {
      var message = OutcomeFile.read(entry);
      var task = TaskCodec.fromWire(message.getTask());
      if (message.hasStateCrc32C()) {
        stateChecksums.put(task.key(), message.getStateCrc32C());
      }
      return new Stored(
          task,
          TaskCodec.fromWire(message.getOutcome()),
          existing(folder.resolve(name + UPDATE)),
          existing(folder.resolve(name + STATE)));
    } catch (WireException e) {
      throw OutcomeFile.damaged(entry, e);
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

  // Most of what a task may leave it does not, and to ask costs less than the exception inside
  // deleteIfExists.
  private static void deleteFile(Path file) throws IOException {
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      Files.deleteIfExists(file);
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
