package org.wardfl.provisioning.site;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.wardfl.provisioning.yaml.YamlException;
import org.wardfl.provisioning.yaml.YamlLocation;
import org.wardfl.provisioning.yaml.YamlMapping;

/// What jobs of some studies or on some datasets may let out of a site. A job is in every scope
/// that covers it, and the rules of all of them hold.
///
/// @param name what it is called
/// @param studies of which studies; empty for all
/// @param datasets on which datasets; empty for all
/// @param filters what every update passes last, in the site's own process
/// @param statistics what statistics may leave; empty if this scope says nothing about them
public record PrivacyScope(
    String name,
    List<String> studies,
    List<String> datasets,
    List<Filter> filters,
    Optional<StatisticsRules> statistics) {

  /// Copies.
  public PrivacyScope {
    studies = List.copyOf(studies);
    datasets = List.copyOf(datasets);
    filters = List.copyOf(filters);
  }

  /// A filter with its settings, not yet made.
  ///
  /// @param type which filter
  /// @param settings by name: texts, numbers, truth values, lists and maps of them
  /// @param location where it stands
  public record Filter(String type, Map<String, Object> settings, YamlLocation location) {

    /// Copies.
    public Filter {
      settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    }
  }

  /// Whether a job of this study on this dataset is in the scope.
  ///
  /// @param dataset empty for a job without data
  public boolean covers(String study, String dataset) {
    return (studies.isEmpty() || studies.contains(study))
        && (datasets.isEmpty() || datasets.contains(dataset));
  }

  /// Reads all scopes.
  ///
  /// @param declared the names of the site's datasets
  static List<PrivacyScope> read(Optional<YamlMapping> privacy, Set<String> declared)
      throws YamlException {
    var scopes = new ArrayList<PrivacyScope>();
    if (privacy.isPresent()) {
      for (var name : privacy.get().keys()) {
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")) {
          throw privacy
              .get()
              .error(name, "expected a scope's name of 1 to 64 letters, digits, _ . and -");
        }
        scopes.add(scope(name, privacy.get().mapping(name), declared));
      }
    }
    return List.copyOf(scopes);
  }

  private static PrivacyScope scope(String name, YamlMapping scope, Set<String> declared)
      throws YamlException {
    scope.only("studies", "datasets", "filters", "statistics");
    var datasets = some(scope, "datasets");
    for (var dataset : datasets) {
      if (!declared.contains(dataset)) {
        throw scope.error(
            "datasets",
            "found '"
                + dataset
                + "', which is not among this file's datasets; a scope that covers nothing by"
                + " mistake protects nothing");
      }
    }
    var filters = new ArrayList<Filter>();
    if (scope.has("filters")) {
      for (var filter : scope.list("filters").mappings()) {
        filters.add(filter(filter));
      }
    }
    var statistics = scope.optionalMapping("statistics");
    return new PrivacyScope(
        name,
        some(scope, "studies"),
        datasets,
        filters,
        statistics.isPresent()
            ? Optional.of(StatisticsRules.read(statistics.get()))
            : Optional.empty());
  }

  private static List<String> some(YamlMapping scope, String key) throws YamlException {
    if (!scope.has(key)) {
      return List.of();
    }
    var names = scope.strings(key);
    if (names.isEmpty()) {
      throw scope.error(key, "an empty list; leave it out to cover all");
    }
    return names;
  }

  private static Filter filter(YamlMapping filter) throws YamlException {
    var settings = new LinkedHashMap<>(filter.plain());
    settings.remove("type");
    return new Filter(filter.string("type"), settings, filter.location());
  }
}
