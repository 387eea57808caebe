package org.wardfl.algo.method;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Arguments;

/// Some tensors by their names: those that match one of the included patterns anywhere and none of
/// the excluded, as FLARE's `exclude_vars` matches.
///
/// @param include none means no tensor at all
/// @param exclude taken away again
public record NamePatterns(List<Pattern> include, List<Pattern> exclude) {

  /// Copies.
  public NamePatterns {
    include = List.copyOf(include);
    exclude = List.copyOf(exclude);
  }

  /// No tensor.
  public static NamePatterns none() {
    return new NamePatterns(List.of(), List.of());
  }

  /// Reads an argument: a list of regular expressions, or a mapping with the lists `include` and
  /// `exclude`.
  ///
  /// @throws AlgoException.Configuration if it is neither, or a text is no regular expression
  public static NamePatterns of(Arguments arguments, String key)
      throws AlgoException.Configuration {
    if (!(arguments.values().get(key) instanceof Map)) {
      return new NamePatterns(patterns(key, arguments.strings(key, List.of())), List.of());
    }
    var both = arguments.nested(key).orElseGet(Arguments::none).only("include", "exclude");
    return new NamePatterns(
        patterns(key, both.strings("include", List.of())),
        patterns(key, both.strings("exclude", List.of())));
  }

  private static List<Pattern> patterns(String key, List<String> texts)
      throws AlgoException.Configuration {
    var patterns = new ArrayList<Pattern>();
    for (var text : texts) {
      try {
        patterns.add(Pattern.compile(text));
      } catch (PatternSyntaxException e) {
        throw new AlgoException.Configuration(
            "argument `"
                + key
                + "`: '"
                + text
                + "' is no regular expression: "
                + e.getDescription());
      }
    }
    return patterns;
  }

  /// Whether no name can match.
  public boolean isEmpty() {
    return include.isEmpty();
  }

  /// Whether the tensor of this name is meant.
  public boolean matches(String name) {
    return include.stream().anyMatch(pattern -> pattern.matcher(name).find())
        && exclude.stream().noneMatch(pattern -> pattern.matcher(name).find());
  }

  /// Refuses a pattern that matches no name: a misspelled one must not pass for a decision.
  ///
  /// @param key the argument that the patterns come from
  /// @param names of all tensors
  /// @throws AlgoException.Configuration naming the pattern
  public void checkAgainst(String key, Collection<String> names)
      throws AlgoException.Configuration {
    for (var pattern : all()) {
      if (names.stream().noneMatch(name -> pattern.matcher(name).find())) {
        throw new AlgoException.Configuration(
            "argument `" + key + "`: no tensor of the model matches '" + pattern + "'");
      }
    }
  }

  private List<Pattern> all() {
    var all = new ArrayList<>(include);
    all.addAll(exclude);
    return all;
  }
}
