package org.example;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.wardfl.algo.ClientAlgo;
import org.wardfl.algo.conformance.ClientAlgoConformance;

class LogisticRegressionConformanceTest extends ClientAlgoConformance {

  @Override
  protected ClientAlgo create() {
    return new LogisticRegression();
  }

  @Override
  protected Map<String, Object> arguments() {
    var features = new LinkedHashMap<String, Object>();
    features.put("worst_radius", 16L);
    features.put("worst_texture", 25L);
    return Map.of("features", features, "learning_rate", 0.5, "local_epochs", 1L);
  }

  @Override
  protected Map<String, Object> dataSettings() {
    return Map.of("format", "csv", "label", "malignant", "evaluate", "test");
  }

  @Override
  protected Optional<Path> data() {
    return Optional.of(Path.of("data", "site-3.csv"));
  }
}
