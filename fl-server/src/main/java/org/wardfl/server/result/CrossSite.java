package org.wardfl.server.result;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.server.job.Answer;
import org.wardfl.server.job.Scores;

/// What the sites scored of each other's models, as a matrix.
///
/// @param models in the order of scoring
/// @param cells by site, then by model
/// @param missing why models that were to be scored do not exist, by their names
public record CrossSite(
    List<Model> models,
    SortedMap<SiteName, Map<Model, Cell>> cells,
    SortedMap<String, String> missing) {

  /// Copies the list.
  public CrossSite {
    models = List.copyOf(models);
  }

  /// A model that was scored.
  ///
  /// @param names what it is, at least one name ([CrossSiteTrack])
  /// @param sha256 its file
  public record Model(List<String> names, ModelHash sha256) {

    /// Copies.
    public Model {
      names = List.copyOf(names);
    }
  }

  /// What one site made of one model.
  public sealed interface Cell {

    /// It was scored.
    ///
    /// @param metrics the scores
    record Scored(Metrics metrics) implements Cell {}

    /// It was not.
    ///
    /// @param reason why
    record Absent(String reason) implements Cell {}
  }

  /// The matrix of a run; empty if the run scored nothing across sites.
  ///
  /// Where a job does so more than once, a later score takes the place of an earlier one of the
  /// same names.
  public static Optional<CrossSite> of(RunRecord run) {
    var models = new LinkedHashMap<List<String>, Model>();
    var cells = new TreeMap<SiteName, Map<Model, Cell>>();
    for (var round : run.rounds()) {
      if (round.kind() != RunRecord.Kind.CROSS_SITE) {
        continue;
      }
      for (var task : round.tasks()) {
        var names = CrossSiteTrack.names(task.track()).orElse(List.of(task.track()));
        var hash = Objects.requireNonNull(round.received().get(task.track()));
        var model = new Model(names, hash);
        models.put(names, model);
        cells
            .computeIfAbsent(task.site(), _ -> new LinkedHashMap<>())
            .put(model, cell(task, round.closed().isPresent()));
      }
    }
    if (models.isEmpty()) {
      return Optional.empty();
    }
    var present = models.keySet().stream().flatMap(List::stream).collect(Collectors.toSet());
    return Optional.of(
        new CrossSite(new ArrayList<>(models.values()), cells, MissingModels.of(run, present)));
  }

  private static Cell cell(RunRecord.Task task, boolean closed) {
    return switch (task.answer().orElse(null)) {
      case Answer.Accepted accepted -> scored(accepted);
      case Answer.Refused(var reason) -> new Cell.Absent("refused: " + reason);
      case Answer.Failed(var phase, var reason) ->
          new Cell.Absent("failed in " + phase + ": " + reason);
      case Answer.Declined(var reason) -> new Cell.Absent("declined: " + reason);
      case null ->
          new Cell.Absent(closed ? "did not answer in time" : "the job ended before it answered");
    };
  }

  private static Cell scored(Answer.Accepted accepted) {
    return Scores.received(accepted)
        .filter(metrics -> !metrics.values().isEmpty())
        .<Cell>map(Cell.Scored::new)
        .orElseGet(() -> new Cell.Absent("the site has nothing to evaluate on"));
  }

  /// The content of `cross_site.json`: the hash of each model by its name, why others do not exist,
  /// and by site and model the scores, or why they are absent.
  Map<String, Object> json() {
    var hashes = new LinkedHashMap<String, Object>();
    models.forEach(model -> model.names().forEach(name -> hashes.put(name, model.sha256())));
    var sites = new LinkedHashMap<String, Object>();
    cells.forEach((site, row) -> {
      var scores = new LinkedHashMap<String, Object>();
      row.forEach((model, cell) -> model.names().forEach(name -> scores.put(name, json(cell))));
      sites.put(site.value(), scores);
    });
    var json = new LinkedHashMap<String, Object>();
    json.put("models", hashes);
    json.put("absent", missing);
    json.put("sites", sites);
    return json;
  }

  private static Map<String, Object> json(Cell cell) {
    var json = new LinkedHashMap<String, Object>();
    switch (cell) {
      case Cell.Scored(var metrics) -> {
        json.put("samples", metrics.samples());
        json.put("metrics", metrics.values());
      }
      case Cell.Absent(var reason) -> json.put("absent", reason);
    }
    return json;
  }
}
