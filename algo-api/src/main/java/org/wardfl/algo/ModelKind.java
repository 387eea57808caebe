package org.wardfl.algo;

/// Which of an algorithm's own models is meant.
public enum ModelKind {
  /// The one with the best key metric on the site's own data (MONAI `fl_best_model`).
  BEST,
  /// The last one trained (MONAI `fl_final_model`).
  FINAL
}
