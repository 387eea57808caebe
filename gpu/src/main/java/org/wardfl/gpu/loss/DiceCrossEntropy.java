package org.wardfl.gpu.loss;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Arrays;

/// The Dice loss of the softmax and the cross-entropy, each times a weight.
///
/// Of each class and sample: 1 - (2 sum(p y) + smoothing) / (sum(p) + sum(y) + divisor smoothing);
/// the mean of these. The cross-entropy is the mean over all voxels and counts every class. Source:
/// MONAI `DiceLoss` and `DiceCELoss` with `to_onehot_y` and `softmax`.
///
/// @param background whether class 0 counts in the Dice loss
/// @param squared whether p and y are squared in the divisor
/// @param wholeBatch whether a batch is taken for one sample
/// @param smoothing above
/// @param divisorSmoothing below
/// @param dice weight of the Dice loss
/// @param crossEntropy weight of the cross-entropy
public record DiceCrossEntropy(
    boolean background,
    boolean squared,
    boolean wholeBatch,
    double smoothing,
    double divisorSmoothing,
    double dice,
    double crossEntropy) {

  private static final double SMOOTHING = 1e-5;

  /// Both with weight 1, as MONAI's `DiceCELoss`.
  ///
  /// @param background whether class 0 counts in the Dice loss
  public static DiceCrossEntropy both(boolean background) {
    return new DiceCrossEntropy(background, false, false, SMOOTHING, SMOOTHING, 1, 1);
  }

  /// The loss of a batch, a scalar in its manager.
  ///
  /// @param logits `[count, classes, ...]`
  /// @param labels the same shape, 1 at each voxel's class, 0 elsewhere
  public NDArray of(NDArray logits, NDArray labels) {
    var scores = (PtNDArray) logits;
    if (dice == 0) {
      return crossEntropy(scores, labels).mul((float) crossEntropy);
    }
    var loss = dice(scores, labels).mul((float) dice);
    return crossEntropy == 0
        ? loss
        : loss.add(crossEntropy(scores, labels).mul((float) crossEntropy));
  }

  private NDArray dice(PtNDArray logits, NDArray labels) {
    NDArray p = JniUtils.softmax(logits, 1, DataType.FLOAT32);
    var y = labels;
    if (!background) {
      var rest = ":, 1:";
      p = p.get(rest);
      y = y.get(rest);
    }
    var axes = axes(logits.getShape().dimension());
    var shared = p.mul(y).sum(axes);
    var predicted = squared ? p.mul(p).sum(axes) : p.sum(axes);
    var labelled = y.sum(axes);
    var divisor = predicted.add(labelled).add((float) divisorSmoothing);
    return shared.mul(2f).add((float) smoothing).div(divisor).mean().neg().add(1f);
  }

  private int[] axes(int dimensions) {
    var axes = new int[wholeBatch ? dimensions - 1 : dimensions - 2];
    Arrays.setAll(axes, i -> dimensions - axes.length + i);
    if (wholeBatch) {
      axes[0] = 0;
    }
    return axes;
  }

  private static NDArray crossEntropy(PtNDArray logits, NDArray labels) {
    long voxels = logits.size() / logits.getShape().get(1);
    var logarithms = JniUtils.logSoftmax(logits, 1, DataType.FLOAT32);
    return logarithms.mul(labels).sum().div((float) voxels).neg();
  }
}
