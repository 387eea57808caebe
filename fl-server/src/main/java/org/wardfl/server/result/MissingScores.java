package org.wardfl.server.result;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.wardfl.proto.job.WorkflowDefinition;
import org.wardfl.proto.task.TaskAssignment;

/// Scores that a job asks for and no site has told, as a misspelled word in the job file leads to.
public final class MissingScores {

  private MissingScores() {}

  /// One sentence for each; none before a round has trained.
  public static List<String> of(RunRecord run) {
    boolean trained =
        run.rounds().stream()
            .anyMatch(round ->
                round.kind() == RunRecord.Kind.TRAIN
                    && round.published().containsKey(TaskAssignment.GLOBAL));
    if (!trained) {
      return List.of();
    }
    var told = new TreeSet<String>();
    run.rounds().stream()
        .flatMap(round -> round.means().values().stream())
        .forEach(means -> told.addAll(means.keySet()));
    var data = run.definition().data().settings();
    if (told.isEmpty() && data.has("evaluate")) {
      return List.of(
          "no site has scored a model: none has data of which it says `"
              + data.values().get("evaluate")
              + "`, which data.evaluate of the job asks for");
    }
    var sentences = new ArrayList<String>();
    run.definition().workflows().stream()
        .flatMap(workflow -> workflow.keyMetric().stream())
        .map(WorkflowDefinition.KeyMetric::name)
        .distinct()
        .filter(name -> !told.contains(name))
        .forEach(name ->
            sentences.add(
                "no site has told `"
                    + name
                    + "`, the key metric, so there is no best model; told were "
                    + (told.isEmpty() ? "no scores at all" : String.join(", ", told))));
    return sentences;
  }
}
