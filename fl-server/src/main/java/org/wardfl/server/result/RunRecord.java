package org.wardfl.server.result;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.wardfl.aggregator.UpdateLikeness;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.job.JobStatus;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskOutcome;
import org.wardfl.server.job.Answer;
import org.wardfl.server.job.Failure;

/// Everything worth knowing about one job, in the order in which it happened; `run.json` and the
/// report are written from it.
///
/// @param id the job
/// @param definition what was asked for
/// @param submitter who asked
/// @param status where it stands
/// @param failure why it failed, if it did
/// @param abortedBy the certified name of the person who aborted it, if one did
/// @param submitted when it was submitted
/// @param started when it started, if it did
/// @param finished when it ended, if it has
/// @param environment what it ran on
/// @param model the last model of the federation, if there is one
/// @param best the best model by the job's key metric, if there is one
/// @param rounds what happened, from round 0 (the initial model) to the final evaluation
public record RunRecord(
    JobId id,
    JobDefinition definition,
    String submitter,
    JobStatus status,
    Optional<Failure> failure,
    Optional<String> abortedBy,
    Instant submitted,
    Optional<Instant> started,
    Optional<Instant> finished,
    Environment environment,
    Optional<ModelHash> model,
    Optional<Best> best,
    List<Round> rounds) {

  /// Copies.
  public RunRecord {
    rounds = List.copyOf(rounds);
  }

  /// The same with the hashes of the models that were released in place of those that the sites
  /// worked with.
  ///
  /// @param released by the hash of the file that it was made of; others stay as they are
  RunRecord released(Map<ModelHash, ModelHash> released) {
    return new RunRecord(
        id,
        definition,
        submitter,
        status,
        failure,
        abortedBy,
        submitted,
        started,
        finished,
        environment,
        model.map(hash -> released.getOrDefault(hash, hash)),
        best.map(
            it -> new Best(it.round(), released.getOrDefault(it.model(), it.model()), it.value())),
        rounds);
  }

  /// What a job ran on.
  ///
  /// @param ward Ward's version
  /// @param java the Java runtime
  /// @param os operating system and architecture
  /// @param cpu the processor's name
  public record Environment(String ward, String java, String os, String cpu) {

    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

    /// This machine.
    ///
    /// @param ward Ward's version
    public static Environment here(String ward) {
      return new Environment(
          ward,
          Runtime.version().toString(),
          System.getProperty("os.name") + " " + System.getProperty("os.arch"),
          processor());
    }

    private static String processor() {
      try (var lines = Files.lines(PROCESSORS)) {
        return lines
            .filter(line -> line.startsWith("model name"))
            .map(line -> line.substring(line.indexOf(':') + 1).strip())
            .findFirst()
            .orElse("unknown");
      } catch (IOException | UncheckedIOException _) {
        return "unknown";
      }
    }
  }

  /// The best model.
  ///
  /// @param round the round that produced it, 0 for the initial model
  /// @param model its hash
  /// @param value the key metric's mean
  public record Best(int round, ModelHash model, double value) {}

  /// What a round was for.
  public enum Kind {
    /// The first model was made.
    INITIAL,
    /// Sites scored the model, trained it and returned updates.
    TRAIN,
    /// Sites scored one model: the final one, or the one that the job is about.
    EVALUATE,
    /// Sites scored models of each other and of the server.
    CROSS_SITE,
    /// Sites described their data.
    STATISTICS
  }

  /// One round.
  ///
  /// @param round its number
  /// @param kind what it was for
  /// @param opened when its tasks were given out
  /// @param closed when it was closed, if it was
  /// @param received per track, the model that the sites received
  /// @param published per track, the model that came out
  /// @param means per track, the means of the received model's scores, weighted by evaluation
  ///   samples
  /// @param tasks its tasks by site and track
  /// @param workflow which of the job's workflows it belongs to, from 0
  /// @param likeness how the updates of the global track lie to each other and to the model, where
  ///   it was looked at
  public record Round(
      int round,
      Kind kind,
      Instant opened,
      Optional<Instant> closed,
      SortedMap<String, ModelHash> received,
      SortedMap<String, ModelHash> published,
      SortedMap<String, SortedMap<String, Double>> means,
      List<Task> tasks,
      int workflow,
      SortedMap<SiteName, UpdateLikeness> likeness) {

    /// Copies.
    public Round {
      tasks = List.copyOf(tasks);
    }

    /// Without a look at the updates.
    public Round(
        int round,
        Kind kind,
        Instant opened,
        Optional<Instant> closed,
        SortedMap<String, ModelHash> received,
        SortedMap<String, ModelHash> published,
        SortedMap<String, SortedMap<String, Double>> means,
        List<Task> tasks,
        int workflow) {
      this(
          round,
          kind,
          opened,
          closed,
          received,
          published,
          means,
          tasks,
          workflow,
          Collections.emptySortedMap());
    }

    /// Groups of sites whose updates of the global track are the same, bit for bit.
    public List<List<SiteName>> twins() {
      var byUpdate = new TreeMap<String, List<SiteName>>();
      for (var task : tasks) {
        if (task.track().equals(TaskAssignment.GLOBAL)
            && task.answer().orElse(null)
                instanceof Answer.Accepted(TaskOutcome.Trained trained, _)) {
          byUpdate
              .computeIfAbsent(trained.update().hash().hex(), _ -> new ArrayList<>())
              .add(task.site());
        }
      }
      return byUpdate.values().stream()
          .filter(group -> group.size() > 1)
          .sorted(Comparator.comparing(group -> group.getFirst()))
          .toList();
    }
  }

  /// One task of a round.
  ///
  /// @param site who had it
  /// @param track which of the job's models it was about: `global`, or `alone/` and the site's name
  ///   for the model that this site trains by itself
  /// @param answer what became of it; empty if the round was closed without it
  /// @param weight what its update counted by in the aggregate, 0 if it did not count
  public record Task(SiteName site, String track, Optional<Answer> answer, double weight) {}
}
