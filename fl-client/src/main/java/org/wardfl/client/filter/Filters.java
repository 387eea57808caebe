package org.wardfl.client.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.wardfl.algo.AlgoException;
import org.wardfl.proto.job.FilterDefinition;

/// Makes filters from their definitions.
public final class Filters {

  /// The types that there are.
  public static final List<String> TYPES =
      List.of("exclude-variables", "norm-clip", "percentile-privacy");

  private Filters() {}

  /// The filter of a definition.
  ///
  /// @throws AlgoException.Configuration if the type is unknown or a setting wrong
  public static UpdateFilter of(FilterDefinition definition) throws AlgoException.Configuration {
    var arguments = definition.arguments();
    return switch (definition.type()) {
      case "exclude-variables" -> {
        arguments.only("patterns");
        yield new ExcludeVariables(patterns(arguments.strings("patterns", List.of())));
      }
      case "norm-clip" -> {
        arguments.only("bound");
        yield new NormClip(positive("bound", arguments.number("bound")));
      }
      case "percentile-privacy" -> {
        arguments.only("percentile", "gamma");
        double percentile = arguments.number("percentile", 10);
        if (!(percentile >= 0 && percentile <= 100)) {
          throw new AlgoException.Configuration(
              "argument `percentile`: found " + percentile + ", expected 0 to 100");
        }
        yield new PercentilePrivacy(percentile, positive("gamma", arguments.number("gamma", 0.01)));
      }
      default ->
          throw new AlgoException.Configuration(
              "unknown filter `"
                  + definition.type()
                  + "`; expected one of "
                  + String.join(", ", TYPES));
    };
  }

  private static double positive(String name, double value) throws AlgoException.Configuration {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new AlgoException.Configuration(
          "argument `" + name + "`: found " + value + ", expected a positive number");
    }
    return value;
  }

  private static List<Pattern> patterns(List<String> texts) throws AlgoException.Configuration {
    if (texts.isEmpty()) {
      throw new AlgoException.Configuration(
          "argument `patterns`: expected at least one regular expression");
    }
    var patterns = new ArrayList<Pattern>();
    for (var text : texts) {
      try {
        patterns.add(Pattern.compile(text));
      } catch (PatternSyntaxException e) {
        throw new AlgoException.Configuration(
            "argument `patterns`: '" + text + "' is no regular expression: " + e.getDescription());
      }
    }
    return patterns;
  }
}
