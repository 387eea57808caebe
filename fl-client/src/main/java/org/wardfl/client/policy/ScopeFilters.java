package org.wardfl.client.policy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Arguments;
import org.wardfl.client.filter.Filters;
import org.wardfl.client.filter.UpdateFilter;
import org.wardfl.proto.job.FilterDefinition;
import org.wardfl.provisioning.site.PrivacyScope;
import org.wardfl.provisioning.yaml.YamlException;

/// Makes the filters of privacy scopes.
public final class ScopeFilters {

  private ScopeFilters() {}

  /// The filters of each scope, in order.
  ///
  /// @throws YamlException with the filter's place, if there is no such filter or a setting is
  ///   wrong
  public static Map<PrivacyScope, List<UpdateFilter>> of(List<PrivacyScope> scopes)
      throws YamlException {
    var made = new HashMap<PrivacyScope, List<UpdateFilter>>();
    for (var scope : scopes) {
      var filters = new ArrayList<UpdateFilter>();
      for (var filter : scope.filters()) {
        filters.add(made(scope, filter));
      }
      made.put(scope, List.copyOf(filters));
    }
    return made;
  }

  private static UpdateFilter made(PrivacyScope scope, PrivacyScope.Filter filter)
      throws YamlException {
    try {
      return Filters.of(new FilterDefinition(filter.type(), new Arguments(filter.settings())));
    } catch (AlgoException.Configuration e) {
      throw new YamlException(
          filter.location(), "privacy." + scope.name() + ".filters: " + e.getMessage());
    }
  }
}
