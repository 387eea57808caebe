package org.wardfl.gpu.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.List;

/// A small network that classifies pictures: 3x3 convolutions, each followed by group
/// normalization, ReLU and the maximum of 2x2 pixels; the mean over all places; one linear layer.
///
/// Tensors: `blocks.N.conv.weight` [out, in, 3, 3], `blocks.N.conv.bias` [out],
/// `blocks.N.norm.weight` and `blocks.N.norm.bias` [out], `head.weight` [classes, channels],
/// `head.bias` [classes]. Group and not batch normalization, because sites whose patients differ
/// have other batches.
public final class ConvNet implements Architecture {

  private static final Shape TWO = new Shape(2, 2);

  private final int inputs;
  private final int outputs;
  private final List<Integer> channels;
  private final int groups;
  private final int grid;

  /// A network.
  ///
  /// @param inputs channels of the pictures
  /// @param outputs classes
  /// @param channels of each convolution; at least one
  /// @param groups of channels that are normalized together, a divisor of all of them
  /// @param grid how many places along each axis the linear layer tells apart
  /// @throws IllegalArgumentException on other numbers
  public ConvNet(int inputs, int outputs, List<Integer> channels, int groups, int grid) {
    if (channels.isEmpty()
        || groups < 1
        || channels.stream().anyMatch(number -> number < 1 || number % groups != 0)) {
      throw new IllegalArgumentException(
          "channels " + channels + " in " + groups + " groups, expected multiples of the groups");
    }
    this.inputs = inputs;
    this.outputs = outputs;
    this.channels = List.copyOf(channels);
    this.groups = groups;
    this.grid = grid;
  }

  /// How many rows and columns a picture must have at least.
  public int least() {
    return grid << channels.size();
  }

  @Override
  public List<Parameter> parameters() {
    var parameters = new ArrayList<Parameter>();
    long in = inputs;
    for (int block = 0; block < channels.size(); block++) {
      long out = channels.get(block);
      double bound = 1 / StrictMath.sqrt(in * 9.0);
      parameters.add(new Parameter(conv(block) + "weight", List.of(out, in, 3L, 3L), 0, bound));
      parameters.add(new Parameter(conv(block) + "bias", List.of(out), 0, bound));
      parameters.add(new Parameter(norm(block) + "weight", List.of(out), 1, 0));
      parameters.add(new Parameter(norm(block) + "bias", List.of(out), 0, 0));
      in = out;
    }
    in *= (long) grid * grid;
    double bound = 1 / StrictMath.sqrt((double) in);
    parameters.add(new Parameter("head.weight", List.of((long) outputs, in), 0, bound));
    parameters.add(new Parameter("head.bias", List.of((long) outputs), 0, bound));
    return parameters;
  }

  private static String conv(int block) {
    return "blocks." + block + ".conv.";
  }

  private static String norm(int block) {
    return "blocks." + block + ".norm.";
  }

  /// @return logits `[count, outputs]`
  @Override
  public NDArray forward(Weights weights, NDArray batch) {
    var value = batch;
    for (int block = 0; block < channels.size(); block++) {
      var convolved =
          Layers.convolution(
              value, weights.get(conv(block) + "weight"), weights.get(conv(block) + "bias"), 1);
      var normalized =
          Layers.groupNorm(
              convolved,
              groups,
              weights.get(norm(block) + "weight"),
              weights.get(norm(block) + "bias"));
      value =
          JniUtils.maxPool(JniUtils.relu((PtNDArray) normalized), TWO, TWO, new Shape(0, 0), false);
    }
    var places = JniUtils.adaptiveAvgPool((PtNDArray) value, new Shape(grid, grid));
    return JniUtils.linear(
        JniUtils.flatten(places, 1, 3), weights.get("head.weight"), weights.get("head.bias"));
  }
}
