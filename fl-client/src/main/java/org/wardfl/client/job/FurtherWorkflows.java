package org.wardfl.client.job;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.wardfl.proto.job.WorkflowDefinition;
import org.wardfl.provisioning.yaml.YamlException;
import org.wardfl.provisioning.yaml.YamlMapping;

/// Reads entries of `workflow` that are not federated averaging.
final class FurtherWorkflows {

  private FurtherWorkflows() {}

  static WorkflowDefinition cyclic(YamlMapping yaml) throws YamlException {
    yaml.only(
        "type",
        "rounds",
        "order",
        "weight_type",
        "key_metric",
        "round_deadline",
        "exclude",
        "max_norm",
        "stop_early",
        "alone");
    return new WorkflowDefinition.Cyclic(
        yaml.int32("rounds"),
        yaml.choice("order", WorkflowDefinition.Order.class, WorkflowDefinition.Order.FIXED),
        WorkflowReader.weightType(yaml),
        WorkflowReader.keyMetric(yaml),
        WorkflowReader.roundDeadline(yaml),
        WorkflowReader.exclude(yaml),
        WorkflowReader.maxNorm(yaml),
        WorkflowReader.patience(yaml),
        yaml.bool("alone", false));
  }

  static WorkflowDefinition crossSite(YamlMapping yaml) throws YamlException {
    yaml.only("type", "models", "round_deadline");
    return new WorkflowDefinition.CrossSite(models(yaml), WorkflowReader.roundDeadline(yaml));
  }

  private static Set<WorkflowDefinition.Models> models(YamlMapping yaml) throws YamlException {
    if (!yaml.has("models")) {
      return EnumSet.allOf(WorkflowDefinition.Models.class);
    }
    var models = EnumSet.noneOf(WorkflowDefinition.Models.class);
    for (var word : yaml.strings("models")) {
      var model =
          EnumSet.allOf(WorkflowDefinition.Models.class).stream()
              .filter(it -> it.name().toLowerCase(Locale.ROOT).equals(word))
              .findFirst();
      if (model.isEmpty()) {
        throw yaml.error(
            "models", "found '" + word + "', expected final, best, site_final or site_best");
      }
      models.add(model.get());
    }
    return models;
  }

  static WorkflowDefinition evaluate(YamlMapping yaml) throws YamlException {
    yaml.only("type", "round_deadline");
    return new WorkflowDefinition.Evaluate(WorkflowReader.roundDeadline(yaml));
  }
}
