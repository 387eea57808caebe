package org.wardfl.server.result;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.job.WorkflowDefinition;
import org.wardfl.proto.job.WorkflowDefinition.Models;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskOutcome;
import org.wardfl.server.job.Answer;

/// Why models that a job wanted scored across sites do not exist.
final class MissingModels {

  private final RunRecord run;
  private final Set<String> present;
  private final List<WorkflowDefinition> trainings;
  private final Set<SiteName> trained = new HashSet<>();

  private MissingModels(RunRecord run, Set<String> present) {
    this.run = run;
    this.present = present;
    this.trainings =
        run.definition().workflows().stream()
            .filter(workflow -> workflow.trainingRounds(1) > 0)
            .toList();
    for (var round : run.rounds()) {
      for (var task : round.tasks()) {
        if (task.track().equals(TaskAssignment.GLOBAL)
            && task.answer().orElse(null) instanceof Answer.Accepted(TaskOutcome.Trained _, _)) {
          trained.add(task.site());
        }
      }
    }
  }

  /// The reasons, in a few words each, by the models' names.
  ///
  /// @param present the names of those that were scored
  static SortedMap<String, String> of(RunRecord run, Set<String> present) {
    return new MissingModels(run, present).reasons();
  }

  private SortedMap<String, String> reasons() {
    var wanted = new HashSet<Models>();
    for (var workflow : run.definition().workflows()) {
      if (workflow instanceof WorkflowDefinition.CrossSite crossSite) {
        wanted.addAll(crossSite.models());
      }
    }
    var reasons = new TreeMap<String, String>();
    if (wanted.contains(Models.BEST)) {
      add(
          reasons,
          CrossSiteTrack.SERVER + "/best",
          hasKeyMetric() ? "no model was scored by the key metric" : "there is no key_metric");
    }
    for (var site : run.definition().sites()) {
      if (wanted.contains(Models.SITE_FINAL)) {
        add(reasons, site + "/final", whyNoFinal(site));
      }
      if (wanted.contains(Models.SITE_BEST)) {
        add(reasons, site + "/best", whyNoBest(site));
      }
    }
    return reasons;
  }

  private void add(SortedMap<String, String> reasons, String name, String reason) {
    if (!present.contains(name)) {
      reasons.put(name, reason);
    }
  }

  private boolean hasKeyMetric() {
    return trainings.stream().anyMatch(workflow -> workflow.keyMetric().isPresent());
  }

  private String whyNoFinal(SiteName site) {
    return trained.contains(site) ? "it was not kept" : "the site has trained nothing";
  }

  private String whyNoBest(SiteName site) {
    if (!trained.contains(site)) {
      return "the site has trained nothing";
    }
    return hasKeyMetric() ? "the site has not scored what it trained" : "there is no key_metric";
  }
}
