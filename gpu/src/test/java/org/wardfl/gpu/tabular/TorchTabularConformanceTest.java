package org.wardfl.gpu.tabular;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.ClientAlgoFactory;
import org.wardfl.algo.conformance.ClientAlgoConformance;

/// The kit on a perceptron with kept optimizer state.
class TorchTabularConformanceTest extends ClientAlgoConformance {

  @Override
  public ClientAlgoFactory factory() {
    return new TorchTabularFactory();
  }

  @Override
  public Arguments arguments() {
    return new Arguments(
        Map.of(
            "layers",
            List.of(5L),
            "learning_rate",
            0.1,
            "optimizer",
            "adam",
            "local_epochs",
            3L,
            "batch_size",
            8L,
            "optimizer_state",
            "keep"));
  }

  @Override
  public AlgoContext.DataBinding data() {
    return table("site.csv");
  }

  @Override
  public Optional<AlgoContext.DataBinding> emptyData() {
    return Optional.of(table("empty.csv"));
  }

  @Override
  public List<String> jvmOptions() {
    var cache = Path.of(System.getProperty("DJL_CACHE_DIR", "target/djl")).toAbsolutePath();
    return List.of("-DDJL_CACHE_DIR=" + cache);
  }

  private static AlgoContext.DataBinding table(String name) {
    var folder = Path.of("src", "test", "resources", "org", "wardfl", "gpu", "tabular");
    return new AlgoContext.DataBinding(
        "patients", Optional.of(folder.resolve(name)), new Arguments(Map.of("label", "y")));
  }
}
