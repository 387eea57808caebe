package org.wardfl.client.host;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.model.ModelFileException;
import org.wardfl.algo.tensor.Role;
import org.wardfl.proto.job.JobDefinition;

/// The tensors that any workflow of a job leaves out of the average, and which may therefore be
/// left out of an update.
///
/// @param patterns each matches anywhere in a name
record Exclusion(List<Pattern> patterns) {

  static Exclusion of(JobDefinition job) {
    return new Exclusion(
        job.workflows().stream()
            .flatMap(workflow -> workflow.exclude().stream())
            .map(Pattern::compile)
            .toList());
  }

  boolean leavesOut(String name) {
    return patterns.stream().anyMatch(pattern -> pattern.matcher(name).find());
  }

  /// Refuses patterns that do not fit a model: a misspelled name must not share what was meant to
  /// stay, and where nothing is shared, nothing is learned together.
  ///
  /// @throws AlgoException.Configuration if that is so
  void check(Path model) throws AlgoException.Configuration {
    if (patterns.isEmpty()) {
      return;
    }
    try (var file = ModelFile.open(model)) {
      for (var pattern : patterns) {
        if (file.specs().stream().noneMatch(spec -> pattern.matcher(spec.name()).find())) {
          throw new AlgoException.Configuration(
              "exclude of the workflow: no tensor of the model matches '" + pattern + "'");
        }
      }
      if (file.specs().stream()
          .filter(spec -> spec.role() == Role.PARAMETER)
          .allMatch(spec -> leavesOut(spec.name()))) {
        throw new AlgoException.Configuration(
            "exclude of the workflow: every parameter of the model is left out, so nothing would be"
                + " learned together");
      }
    } catch (ModelFileException | IOException e) {
      throw new AlgoException.Configuration("the model cannot be read: " + e.getMessage());
    }
  }
}
