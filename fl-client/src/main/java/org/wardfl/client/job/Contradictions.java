package org.wardfl.client.job;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.WorkflowDefinition;
import org.wardfl.provisioning.yaml.YamlException;
import org.wardfl.provisioning.yaml.YamlMapping;

/// Refuses a job file whose parts are right by themselves and make no sense together.
final class Contradictions {

  private final List<YamlMapping> workflows;

  private Contradictions(List<YamlMapping> workflows) {
    this.workflows = workflows;
  }

  /// Checks what was read of this file.
  ///
  /// @throws YamlException at the first contradiction
  static void refuse(YamlMapping yaml, JobDefinition job) throws YamlException {
    var workflows =
        yaml.node("workflow") instanceof YamlMapping one
            ? List.of(one)
            : yaml.list("workflow").mappings();
    var check = new Contradictions(workflows);
    check.keyMetrics(job);
    check.factors(job);
  }

  /// There is one best model of a job, so workflows cannot disagree about what is better; and
  /// without a key metric there is none.
  private void keyMetrics(JobDefinition definition) throws YamlException {
    Optional<WorkflowDefinition.KeyMetric> first = Optional.empty();
    for (int i = 0; i < workflows.size(); i++) {
      var workflow = definition.workflows().get(i);
      var metric = workflow.keyMetric();
      if (metric.isPresent() && first.isPresent() && !metric.equals(first)) {
        throw workflows
            .get(i)
            .error(
                "key_metric",
                "found "
                    + described(metric.get())
                    + ", but a workflow before it has "
                    + described(first.get())
                    + ", and a job has one best model; expected the same in all");
      }
      first = first.isPresent() ? first : metric;
      if (workflow instanceof WorkflowDefinition.CrossSite crossSite
          && workflows.get(i).has("models")
          && first.isEmpty()) {
        var chosen =
            EnumSet.of(WorkflowDefinition.Models.BEST, WorkflowDefinition.Models.SITE_BEST);
        chosen.retainAll(crossSite.models());
        if (!chosen.isEmpty()) {
          throw workflows
              .get(i)
              .error(
                  "models",
                  "found "
                      + chosen.iterator().next().name().toLowerCase(Locale.ROOT)
                      + ", but no workflow before it has a key_metric to choose by");
        }
      }
    }
  }

  private static String described(WorkflowDefinition.KeyMetric metric) {
    return metric.name() + " " + metric.direction().name().toLowerCase(Locale.ROOT);
  }

  private void factors(JobDefinition definition) throws YamlException {
    for (int i = 0; i < workflows.size(); i++) {
      if (definition.workflows().get(i) instanceof WorkflowDefinition.FedAvg fedAvg
          && fedAvg.weighting() instanceof WorkflowDefinition.Weighting.Given(var factors)) {
        var strangers = new TreeSet<>(factors.keySet());
        strangers.removeAll(definition.sites());
        if (!strangers.isEmpty()) {
          throw workflows
              .get(i)
              .error(
                  "weights",
                  "not among the job's sites: "
                      + strangers
                      + "; there are "
                      + definition.sites()
                      + ", and one that is not named counts 1");
        }
        var positive = new ArrayList<>(definition.sites());
        positive.removeIf(site -> factors.getOrDefault(site, 1.0) <= 0);
        if (positive.isEmpty()) {
          throw workflows
              .get(i)
              .error("weights", "every site counts 0; expected one that does not");
        }
      }
    }
  }
}
