package org.wardfl.server.result;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.method.ControlVariates;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.model.ModelFileException;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.proto.json.Json;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskOutcome;
import org.wardfl.server.job.Answer;
import org.wardfl.server.job.Scores;
import org.wardfl.server.store.BlobStore;

/// Writes the plain files of a job's result: `model.safetensors`, `best_model.safetensors`,
/// `metrics.jsonl`, `statistics.json`, `run.json`, and `cross_site.json` where models were scored
/// across sites.
///
/// Each is written beside its place and moved there, so none is ever half there.
public final class ResultFiles {

  private static final Logger LOG = LoggerFactory.getLogger(ResultFiles.class);

  // Written after the others: where it is, they are.
  private static final String LAST = "run.json";

  private final Path folder;

  /// Results in this folder, which is made if it does not exist.
  public ResultFiles(Path folder) {
    this.folder = folder;
  }

  /// Writes a report for people.
  public interface Reporter {
    /// Writes it to this file.
    void write(RunRecord run, Path file) throws IOException;
  }

  /// Whether all of them are there.
  public boolean isComplete() {
    return Files.exists(folder.resolve(LAST));
  }

  /// Deletes them, and the folder.
  ///
  /// @throws IOException if one cannot be deleted
  public void delete() throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    // Without it the rest counts for nothing.
    Files.deleteIfExists(folder.resolve(LAST));
    try (var files = Files.newDirectoryStream(folder)) {
      for (var file : files) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  /// Writes all of them. A report that cannot be made of what the sites told is left out.
  ///
  /// @throws IOException if one cannot be written
  public void write(RunRecord run, BlobStore blobs, Reporter report) throws IOException {
    Files.createDirectories(folder);
    for (var model : models(run).entrySet()) {
      release(blobs.require(model.getValue()), model.getKey());
    }
    var told = run.released(released(run, blobs));
    text("metrics.jsonl", metrics(told));
    var crossSite = CrossSite.of(told);
    if (crossSite.isPresent()) {
      text("cross_site.json", Json.document(crossSite.get().json()));
    }
    var statistics = JobStatistics.of(told);
    if (!statistics.isEmpty()) {
      text("statistics.json", Json.document(StatisticsJson.of(statistics)));
    }
    try {
      report.write(told, folder.resolve("report.html"));
    } catch (RuntimeException e) {
      // A picture for people; the results are whole without it.
      LOG.atError().addKeyValue("job", run.id()).setCause(e).log("the report could not be made");
    }
    text(LAST, Json.document(RunJson.of(told)));
  }

  /// The models that were released in another form than the sites worked with: by the hash of the
  /// file that each was made of, its own.
  ///
  /// @param run with the models of the blob store
  /// @throws IOException if a file cannot be read
  public Map<ModelHash, ModelHash> released(RunRecord run, BlobStore blobs) throws IOException {
    var released = new HashMap<ModelHash, ModelHash>();
    for (var model : models(run).entrySet()) {
      var file = folder.resolve(model.getKey());
      // What is left out makes the file smaller; others are copies, which need not be read again.
      var source = blobs.find(model.getValue());
      if (source.isPresent() && Files.size(file) != Files.size(source.get())) {
        released.put(model.getValue(), ModelWriter.hash(file));
      }
    }
    return released;
  }

  private static Map<String, ModelHash> models(RunRecord run) {
    var models = new LinkedHashMap<String, ModelHash>();
    run.model().ifPresent(hash -> models.put("model.safetensors", hash));
    run.best().ifPresent(best -> models.put("best_model.safetensors", best.model()));
    return models;
  }

  /// A model as people get it: without the control variates that a method's sites exchanged.
  private void release(Path file, String name) throws IOException {
    var part = folder.resolve(name + ".part");
    try (var model = ModelFile.open(file)) {
      if (ControlVariates.in(model)) {
        ModelWriter.write(ControlVariates.without(model), part);
      } else {
        Files.copy(file, part, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (ModelFileException e) {
      throw new IOException("a stored model is damaged: " + e.getMessage(), e);
    }
    Files.move(
        part,
        folder.resolve(name),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private void text(String name, String content) throws IOException {
    var part = folder.resolve(name + ".part");
    Files.writeString(part, content, StandardCharsets.UTF_8);
    Files.move(
        part,
        folder.resolve(name),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  /// One line per round, site and track, and one per round and track for the mean. `round` is the
  /// round that made the model that was scored.
  private static String metrics(RunRecord run) {
    var lines = new StringBuilder();
    int maker = 0;
    for (var round : run.rounds()) {
      int made = maker;
      for (var task : round.tasks()) {
        var scores =
            task.answer().flatMap(Scores::received).filter(metrics -> !metrics.values().isEmpty());
        scores.ifPresent(
            metrics -> lines.append(Json.line(line(made, task, metrics))).append('\n'));
      }
      round
          .means()
          .forEach((track, means) -> {
            var line = new LinkedHashMap<String, Object>();
            line.put("round", made);
            line.put("site", null);
            line.put("track", track);
            line.put("metrics", means);
            lines.append(Json.line(line)).append('\n');
          });
      // Visits that were passed over and rounds that only score make none.
      maker = round.published().containsKey(TaskAssignment.GLOBAL) ? round.round() : maker;
    }
    return lines.toString();
  }

  private static Map<String, Object> line(int made, RunRecord.Task task, Metrics metrics) {
    var line = new LinkedHashMap<String, Object>();
    line.put("round", made);
    line.put("site", task.site());
    line.put("track", task.track());
    line.put("samples", metrics.samples());
    line.put("metrics", metrics.values());
    if (task.answer().orElseThrow() instanceof Answer.Accepted(TaskOutcome.Trained trained, _)) {
      TrainSummary summary = trained.summary();
      line.put("training", summary.values());
    }
    return line;
  }

  /// The scores of the final model per site of the global track, for the result table and `--json`.
  public static Map<String, Metrics> finalScores(RunRecord run) {
    var scores = new LinkedHashMap<String, Metrics>();
    for (var round : run.rounds()) {
      if (round.kind() == RunRecord.Kind.EVALUATE) {
        for (var task : round.tasks()) {
          if (task.track().equals(TaskAssignment.GLOBAL)) {
            task.answer()
                .flatMap(Scores::received)
                .ifPresent(metrics -> scores.put(task.site().value(), metrics));
          }
        }
      }
    }
    return scores;
  }

  /// The means of the final model's scores, weighted by evaluation samples.
  public static SortedMap<String, Double> finalMeans(RunRecord run) {
    return run.rounds().stream()
        .filter(round -> round.kind() == RunRecord.Kind.EVALUATE)
        .reduce((_, last) -> last)
        .map(round -> round.means().get(TaskAssignment.GLOBAL))
        .orElseGet(Collections::emptySortedMap);
  }

  /// How many training rounds came to a new model.
  public static long roundsDone(RunRecord run) {
    return run.rounds().stream()
        .filter(round -> round.kind() == RunRecord.Kind.TRAIN)
        .filter(round -> round.published().containsKey(TaskAssignment.GLOBAL))
        .count();
  }

  /// Scores that nobody told, then what kept sites from contributing, one sentence each, in the
  /// order in which it happened.
  public static List<String> complaints(RunRecord run) {
    var complaints = new ArrayList<>(MissingScores.of(run));
    for (var round : run.rounds()) {
      for (var task : round.tasks()) {
        var where = name(run, round) + ", " + task.site() + ": ";
        switch (task.answer().orElse(null)) {
          case Answer.Refused(var reason) -> complaints.add(where + "refused: " + reason);
          case Answer.Failed(var phase, var reason) ->
              complaints.add(where + "failed in " + phase + ": " + reason);
          case Answer.Declined(var reason) -> complaints.add(where + "declined: " + reason);
          case null -> {
            if (round.closed().isPresent()) {
              complaints.add(where + "did not answer in time");
            }
          }
          case Answer.Accepted _ -> {
            // Nothing to complain about.
          }
        }
      }
    }
    return complaints;
  }

  /// What people call a round: the tasks before the first and after the last have no number there.
  private static String name(RunRecord run, RunRecord.Round round) {
    boolean isLast = round.equals(run.rounds().getLast());
    return switch (round.kind()) {
      case INITIAL -> "initial model";
      case EVALUATE -> isLast ? "final model" : "round " + round.round();
      case TRAIN, CROSS_SITE, STATISTICS -> "round " + round.round();
    };
  }
}
