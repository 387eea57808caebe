package org.wardfl.gpu.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Arrays;

/// Layers on batches `[count, channels, ...]` of two or three spatial axes, with torch's
/// definitions; results are in the batch's manager. DJL has no transposed convolution in three
/// dimensions, no instance or group normalization and no PReLU; here they are composed of what it
/// has, with gradients.
final class Layers {

  private static final double EPSILON = 1e-5;
  private static final int FIRST_SPATIAL = 2;

  private Layers() {}

  /// Convolution with zeros around: `torch.nn.Conv2d` and `Conv3d`.
  ///
  /// @param weight `[out, in, k, ...]`, the same odd k on every axis
  /// @param bias `[out]`
  static PtNDArray convolution(NDArray batch, PtNDArray weight, PtNDArray bias, int stride) {
    int dimensions = batch.getShape().dimension() - FIRST_SPATIAL;
    long padding = (weight.getShape().get(FIRST_SPATIAL) - 1) / 2;
    return JniUtils.convolution(
        (PtNDArray) batch,
        weight,
        bias,
        all(dimensions, stride),
        all(dimensions, padding),
        all(dimensions, 1),
        1);
  }

  /// Convolution that enlarges every axis by the stride: `torch.nn.ConvTranspose2d` and
  /// `ConvTranspose3d` with `padding` (k - 1) / 2 and `output_padding` stride - 1. After each value
  /// come stride - 1 zeros; then follows the convolution with the mirrored kernel.
  ///
  /// @param weight `[in, out, k, ...]`, the same odd k on every axis
  /// @param bias `[out]`
  static PtNDArray transposedConvolution(
      NDArray batch, PtNDArray weight, PtNDArray bias, int stride) {
    int dimensions = batch.getShape().dimension() - FIRST_SPATIAL;
    var axes = new long[dimensions];
    Arrays.setAll(axes, axis -> FIRST_SPATIAL + axis);
    var exchanged = JniUtils.transpose(weight, 0, 1);
    exchanged.attach(batch.getManager());
    return convolution(spread((PtNDArray) batch, stride), JniUtils.flip(exchanged, axes), bias, 1);
  }

  // [n, c, x, y, z] as [n, c, x, 1, y, 1, z, 1], zeros after each 1, and together again.
  private static PtNDArray spread(PtNDArray batch, int stride) {
    var shape = batch.getShape().getShape();
    int dimensions = shape.length - FIRST_SPATIAL;
    var apart = Arrays.copyOf(shape, FIRST_SPATIAL + 2 * dimensions);
    var together = shape.clone();
    // From the last axis to the third: how many before, how many after. Every other is an axis of
    // 1.
    var zeros = new long[4 * dimensions];
    for (int axis = 0; axis < dimensions; axis++) {
      apart[FIRST_SPATIAL + 2 * axis] = shape[FIRST_SPATIAL + axis];
      apart[FIRST_SPATIAL + 2 * axis + 1] = 1;
      together[FIRST_SPATIAL + axis] *= stride;
      zeros[4 * axis + 1] = stride - 1L;
    }
    return JniUtils.reshape(JniUtils.pad(JniUtils.reshape(batch, apart), zeros, 0), together);
  }

  /// Every channel of every sample to mean 0 and variance 1: `torch.nn.InstanceNorm3d` without
  /// learned scale.
  static PtNDArray instanceNorm(NDArray batch) {
    return normalized(batch, batch.getShape().get(0) * batch.getShape().get(1));
  }

  /// Groups of channels of every sample to mean 0 and variance 1, then scaled:
  /// `torch.nn.GroupNorm`.
  ///
  /// @param scale `[channels]`
  /// @param shift `[channels]`
  static NDArray groupNorm(NDArray batch, int groups, NDArray scale, NDArray shift) {
    var shape = batch.getShape();
    var perChannel = new long[shape.dimension()];
    Arrays.fill(perChannel, 1);
    perChannel[1] = shape.get(1);
    var normalized = normalized(batch, shape.get(0) * groups);
    var channelScale = JniUtils.reshape((PtNDArray) scale, perChannel);
    var channelShift = JniUtils.reshape((PtNDArray) shift, perChannel);
    channelScale.attach(batch.getManager());
    channelShift.attach(batch.getManager());
    return normalized.mul(channelScale).add(channelShift);
  }

  // A batch normalization in training mode of one sample whose channels are the groups; its running
  // statistics are thrown away.
  private static PtNDArray normalized(NDArray batch, long groups) {
    var shape = batch.getShape();
    var manager = batch.getManager();
    var ones = (PtNDArray) manager.ones(new Shape(groups), DataType.FLOAT32);
    var zeros = (PtNDArray) manager.zeros(new Shape(groups), DataType.FLOAT32);
    var flat = JniUtils.reshape((PtNDArray) batch, new long[] {1, groups, shape.size() / groups});
    var normalized =
        JniUtils.batchNorm(
            flat,
            (PtNDArray) manager.zeros(new Shape(groups), DataType.FLOAT32),
            (PtNDArray) manager.ones(new Shape(groups), DataType.FLOAT32),
            ones,
            zeros,
            true,
            0.1,
            EPSILON);
    return JniUtils.reshape(normalized, shape.getShape());
  }

  /// What is negative times a learned factor: `torch.nn.PReLU`.
  ///
  /// @param factor `[1]`
  static NDArray prelu(NDArray batch, PtNDArray factor) {
    var values = (PtNDArray) batch;
    var negative = JniUtils.relu(JniUtils.neg(values));
    return JniUtils.sub(JniUtils.relu(values), JniUtils.mul(negative, factor));
  }

  private static Shape all(int dimensions, long extent) {
    var extents = new long[dimensions];
    Arrays.fill(extents, extent);
    return new Shape(extents);
  }
}
