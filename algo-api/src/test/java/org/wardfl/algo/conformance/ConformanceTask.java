package org.wardfl.algo.conformance;

import java.util.Optional;
import org.wardfl.algo.AbortSignal;
import org.wardfl.algo.Seed;
import org.wardfl.algo.TaskContext;

/// A task of the kit.
///
/// @param round the round
/// @param jobSeed the job's seed
/// @param seedSite the site in its seeds
/// @param abort its signal
record ConformanceTask(int round, long jobSeed, String seedSite, AbortSignal abort)
    implements TaskContext {

  static final int ROUNDS = 3;
  static final long SEED = 42;

  /// A task at the kit's site that nobody aborts.
  static ConformanceTask ofRound(int round) {
    return new ConformanceTask(round, SEED, Trial.SITE.value(), Optional::empty);
  }

  /// An INITIAL task, in whose seed there is no site.
  static ConformanceTask initial(long jobSeed) {
    return new ConformanceTask(0, jobSeed, "", Optional::empty);
  }

  @Override
  public int totalRounds() {
    return ROUNDS;
  }

  @Override
  public long seed(String purpose) {
    return Seed.derive(jobSeed, round, seedSite, purpose);
  }

  @Override
  public void progress(double fraction, String note) {}
}
