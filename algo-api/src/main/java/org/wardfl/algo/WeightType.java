package org.wardfl.algo;

/// Whether weights are a model or the difference of two models.
///
/// The wire names are those of MONAI's `WeightType` (`monai/fl/utils/constants.py`).
public enum WeightType {
  /// The weights themselves.
  FULL("fl_weights_full"),
  /// Trained weights minus the received ones.
  DIFF("fl_weight_diff");

  private final String monaiName;

  WeightType(String monaiName) {
    this.monaiName = monaiName;
  }

  /// MONAI's name for it.
  public String monaiName() {
    return monaiName;
  }
}
