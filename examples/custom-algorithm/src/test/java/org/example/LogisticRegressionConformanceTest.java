package org.example;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.ClientAlgoFactory;
import org.wardfl.algo.conformance.ClientAlgoConformance;
import org.wardfl.algo.conformance.ConstructorFactory;

/// What Ward expects of every algorithm.
class LogisticRegressionConformanceTest extends ClientAlgoConformance {

  @Override
  public ClientAlgoFactory factory() {
    return ConstructorFactory.of(LogisticRegression::new);
  }

  @Override
  public Arguments arguments() {
    // In order: the coefficients have that of the features, and Map.of has none.
    var features = new LinkedHashMap<String, Object>();
    features.put("worst_radius", 16L);
    features.put("radius_error", 0.4);
    return new Arguments(Map.of("features", features));
  }

  @Override
  public AlgoContext.DataBinding data() {
    return table(Path.of("data", "site-1.csv"));
  }

  @Override
  public Optional<AlgoContext.DataBinding> emptyData() {
    return Optional.of(table(Path.of("src", "test", "resources", "empty.csv")));
  }

  private static AlgoContext.DataBinding table(Path file) {
    return new AlgoContext.DataBinding(
        "breast-cancer", Optional.of(file), new Arguments(Map.of("label", "malignant")));
  }
}
