package org.wardfl.algo.conformance;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What any client algorithm must do, as tests. An author extends this class, names the algorithm
/// with [ConformanceSubject#factory] and gives it arguments and a little data:
///
/// ```java
/// final class MyAlgoConformanceTest extends ClientAlgoConformance {
///   @Override
///   public ClientAlgoFactory factory() {
///     return ConstructorFactory.of(MyAlgo::new);
///   }
/// }
/// ```
///
/// The rules stand in six groups, one file each: order of calls, abort, weights, received models,
/// repeatability, state. A rule that does not apply is skipped and says why.
@Timeout(300)
public abstract class ClientAlgoConformance
    implements LifecycleRules, AbortRules, WeightRules, ModelRules, RepeatRules, StateRules {

  @TempDir private Path folder;
  private @Nullable Bench bench;

  /// For subclasses.
  protected ClientAlgoConformance() {}

  @Override
  public final Bench bench() {
    var own = bench;
    if (own == null) {
      own = new Bench(this, folder);
      bench = own;
    }
    return own;
  }
}
