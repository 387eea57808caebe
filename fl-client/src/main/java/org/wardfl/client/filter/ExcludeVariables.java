package org.wardfl.client.filter;

import java.util.List;
import java.util.regex.Pattern;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.tensor.Selection;
import org.wardfl.algo.tensor.TensorSource;

/// Keeps tensors at the site: those whose name matches one of the patterns anywhere (FLARE's
/// `ExcludeVars`).
///
/// Protects what the excluded tensors hold (personal layers, batch statistics) and nothing else.
/// Refuses a pattern that matches no tensor: a misspelled name must not send what was meant to
/// stay.
public final class ExcludeVariables implements UpdateFilter {

  private final List<Pattern> patterns;

  /// A filter of these patterns.
  public ExcludeVariables(List<Pattern> patterns) {
    this.patterns = List.copyOf(patterns);
  }

  @Override
  public TensorSource apply(TensorSource update, WeightType type, TrainSummary summary)
      throws FilterRefusalException {
    for (var pattern : patterns) {
      if (update.specs().stream().noneMatch(spec -> pattern.matcher(spec.name()).find())) {
        throw new FilterRefusalException("exclude-variables: no tensor matches '" + pattern + "'");
      }
    }
    var kept =
        Selection.of(
            update,
            spec -> patterns.stream().noneMatch(pattern -> pattern.matcher(spec.name()).find()));
    if (kept.specs().isEmpty()) {
      throw new FilterRefusalException("exclude-variables: nothing would be left of the update");
    }
    return kept;
  }

  @Override
  public String description() {
    return "exclude-variables("
        + String.join(", ", patterns.stream().map(Pattern::pattern).toList())
        + ")";
  }
}
