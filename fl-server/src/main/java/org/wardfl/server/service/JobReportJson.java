package org.wardfl.server.service;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.json.Json;
import org.wardfl.proto.task.ObservedState;
import org.wardfl.server.job.Answer;
import org.wardfl.server.job.JobStatus;
import org.wardfl.server.result.ResultFiles;
import org.wardfl.server.result.RunJson;
import org.wardfl.server.result.RunRecord;

/// A job as `ward job show --json` prints it; scripts depend on its keys.
final class JobReportJson {

  private final Sessions sessions;

  JobReportJson(Sessions sessions) {
    this.sessions = sessions;
  }

  String of(RunRecord run) {
    var json = new LinkedHashMap<String, Object>();
    json.put("id", run.id());
    json.put("name", run.definition().name());
    json.put("study", run.definition().study());
    json.put("status", status(run));
    json.put("waiting", waiting(run));
    json.put("submitter", Submitter.parse(run.submitter()).name().name());
    json.put("submitted", run.submitted());
    json.put("started", run.started());
    json.put("finished", run.finished());
    // The final model's evaluation is no round of its own to people.
    json.put(
        "round",
        run.rounds().isEmpty()
            ? 0
            : Math.min(run.rounds().getLast().round(), run.definition().rounds()));
    json.put("rounds", run.definition().rounds());
    json.put("sites", run.definition().sites().stream().map(site -> site(run, site)).toList());
    json.put("failure", run.failure().map(RunJson::failure));
    json.put(
        "model",
        run.model()
            .map(hash -> {
              var model = new LinkedHashMap<String, Object>();
              model.put("sha256", hash);
              return model;
            }));
    json.put("best", run.best().map(RunJson::best));
    json.put("metrics", ResultFiles.finalMeans(run));
    json.put("complaints", ResultFiles.complaints(run));
    return Json.document(json);
  }

  /// A job that runs, but whose open tasks all belong to sites that are away, waits.
  private JobStatus status(RunRecord run) {
    return run.status() == JobStatus.RUNNING && waiting(run).isPresent()
        ? JobStatus.WAITING
        : run.status();
  }

  private Optional<String> waiting(RunRecord run) {
    if (run.status().isEnded() || run.rounds().isEmpty()) {
      return Optional.empty();
    }
    var open =
        run.rounds().getLast().tasks().stream().filter(task -> task.answer().isEmpty()).toList();
    if (open.isEmpty() || open.stream().anyMatch(task -> sessions.isLive(task.site()))) {
      return Optional.empty();
    }
    var away = open.stream().map(task -> task.site().value()).distinct().toList();
    return Optional.of("offline: " + String.join(", ", away));
  }

  private Map<String, Object> site(RunRecord run, SiteName name) {
    var json = new LinkedHashMap<String, Object>();
    json.put("name", name);
    var task =
        run.rounds().isEmpty()
            ? Optional.<RunRecord.Task>empty()
            : run.rounds().getLast().tasks().stream()
                .filter(one -> one.site().equals(name))
                .findFirst();
    var state = state(run, name, task);
    json.put("state", state.getFirst());
    json.put("detail", state.getLast());
    return json;
  }

  private List<String> state(RunRecord run, SiteName name, Optional<RunRecord.Task> task) {
    var answer = task.flatMap(RunRecord.Task::answer);
    if (answer.isPresent()) {
      return switch (answer.get()) {
        case Answer.Accepted _ -> List.of("DELIVERED", "");
        case Answer.Refused(var reason) -> List.of("REFUSED", reason);
        case Answer.Declined(var reason) -> List.of("DECLINED", reason);
        case Answer.Failed(var phase, var reason) -> List.of("FAILED", phase + ": " + reason);
      };
    }
    if (run.status().isEnded()) {
      return List.of("DONE", task.isPresent() ? "did not answer the last task" : "");
    }
    if (!sessions.isLive(name)) {
      return List.of("OFFLINE", "");
    }
    return task.isEmpty()
        ? List.of("WAITING", "no task in this round")
        : sessions
            .observed(name)
            .flatMap(observed -> activity(run, observed))
            .map(activity -> List.of(activity, ""))
            .orElse(List.of("WAITING", "has not begun"));
  }

  private static Optional<String> activity(RunRecord run, ObservedState observed) {
    return observed.tasks().stream()
        .filter(task -> task.key().job().equals(run.id()))
        .findFirst()
        .map(task -> task.activity().name());
  }
}
