package org.wardfl.gpu.imaging.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.wardfl.gpu.imaging.Golden;

/// Scores against MONAI's (float32 there, so equal to 1e-7) and counted by hand.
class MetricsTest {

  private static final String FOLDER = "loss_metric/";

  @Test
  void diceEqualsMonai() throws Exception {
    var arrays = Golden.arrays(FOLDER + "loss_metric.npz");
    var prediction = arrays.array("pred_onehot").values();
    var label = arrays.array("label_onehot").values();
    // loss_metric.json, DiceMetric(include_background=True,reduction=none), NaN where there is
    // none.
    var expected =
        List.of(
            0.41558441519737244,
            0.3448275923728943,
            0.3684210479259491,
            0.460317462682724,
            0.29729729890823364,
            Double.NaN);
    int voxels = 6 * 5 * 4;
    double[] means = new double[2];
    for (int sample = 0; sample < 2; sample++) {
      var dice = new Dice(3);
      for (int voxel = 0; voxel < voxels; voxel++) {
        dice.add(labelOf(prediction, sample, voxel, voxels), labelOf(label, sample, voxel, voxels));
      }
      for (int i = 0; i < 3; i++) {
        assertThat(dice.of(i)).isCloseTo(expected.get(sample * 3 + i), within(1e-7));
      }
      means[sample] = dice.mean(false);
    }
    // DiceMetric(include_background=False,reduction=mean)
    assertThat((means[0] + means[1]) / 2).isCloseTo(0.32696080207824707, within(1e-7));
  }

  private static int labelOf(double[] oneHot, int sample, int voxel, int voxels) {
    for (int label = 0; label < 3; label++) {
      if (oneHot[(sample * 3 + label) * voxels + voxel] == 1) {
        return label;
      }
    }
    throw new IllegalArgumentException("no class");
  }

  @Test
  void anImageWithoutAnyClassHasNoDice() {
    var dice = new Dice(2);
    dice.add(1, 0);
    assertThat(dice.of(1)).isNaN();
    assertThat(dice.mean(false)).isNaN();
    assertThat(dice.mean(true)).isZero();
  }

  @Test
  void aucEqualsMonai() throws Exception {
    var arrays = Golden.arrays(FOLDER + "loss_metric.npz");
    var labels = arrays.array("auc_label").values();
    var positive = new boolean[labels.length];
    for (int i = 0; i < labels.length; i++) {
      positive[i] = labels[i] == 1;
    }
    assertThat(RocAuc.of(arrays.array("auc_score").values(), positive))
        .isCloseTo(0.7544757033248082, within(1e-12));
  }

  @Test
  void equalScoresCountHalf() {
    assertThat(RocAuc.of(new double[] {1, 1, 0, 2}, new boolean[] {true, false, false, true}))
        .isEqualTo(3.5 / 4);
    assertThat(RocAuc.of(new double[] {1, 2}, new boolean[] {true, true})).isNaN();
    assertThat(RocAuc.mean(new double[][] {{.9, .1}, {.2, .8}}, new int[] {0, 1})).isEqualTo(1);
  }

  @Test
  void theConfusionMatrixCounts() {
    var matrix = new ConfusionMatrix(3);
    matrix.add(0, 0);
    matrix.add(0, 0);
    matrix.add(0, 2);
    matrix.add(2, 0);
    assertThat(matrix.count(0, 2)).isEqualTo(1);
    assertThat(matrix.accuracy()).isEqualTo(0.5);
    assertThat(matrix.recall(1)).isNaN();
    assertThat(matrix.balancedAccuracy()).isCloseTo(1.0 / 3, within(1e-15));
  }
}
