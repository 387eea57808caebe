package org.wardfl.gpu.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// A U-Net of residual units with instance normalization and PReLU, in two or three dimensions.
///
/// Tensors have the names, shapes and meaning that they have in MONAI's `UNet` with
/// `norm="instance"` and its other defaults, so a model can go on there. Source: MONAI
/// `monai/networks/nets/unet.py`; Kerfoot et al. 2018, Left-Ventricle Quantification Using Residual
/// U-Net.
public final class UNet implements Architecture {

  private static final int KERNEL = 3;
  private static final double PRELU = 0.25;

  private final int dimensions;
  private final List<Integer> strides;
  private final Node root;

  /// A network.
  ///
  /// @param dimensions spatial axes, 2 or 3
  /// @param inputs channels of the images
  /// @param outputs classes
  /// @param channels at each level, from the top; at least two
  /// @param strides between the levels, one fewer
  /// @param residualUnits convolutions of each residual unit on the way down; 0 makes plain
  ///   convolutions
  /// @throws IllegalArgumentException on other numbers
  public UNet(
      int dimensions,
      int inputs,
      int outputs,
      List<Integer> channels,
      List<Integer> strides,
      int residualUnits) {
    if (dimensions < 2 || dimensions > 3) {
      throw new IllegalArgumentException(dimensions + " dimensions, expected 2 or 3");
    }
    if (channels.size() < 2 || strides.size() != channels.size() - 1) {
      throw new IllegalArgumentException(
          channels.size()
              + " levels and "
              + strides.size()
              + " strides, expected at least two levels and a stride between each two");
    }
    if (residualUnits < 0
        || Stream.concat(channels.stream(), strides.stream()).anyMatch(number -> number < 1)) {
      throw new IllegalArgumentException("channels and strides are to be positive");
    }
    this.dimensions = dimensions;
    this.strides = List.copyOf(strides);
    this.root = new Builder(residualUnits).block("model", inputs, outputs, channels, strides, true);
  }

  /// By what each extent of an image must be divisible.
  public int divisor() {
    return strides.stream().reduce(1, Math::multiplyExact);
  }

  @Override
  public List<Parameter> parameters() {
    var parameters = new ArrayList<Parameter>();
    root.list(parameters, dimensions);
    return parameters;
  }

  /// @return logits `[count, outputs, ...]` of the same extents
  @Override
  public NDArray forward(Weights weights, NDArray batch) {
    return root.forward(weights, batch);
  }

  private sealed interface Node {

    void list(List<Parameter> parameters, int dimensions);

    NDArray forward(Weights weights, NDArray batch);
  }

  /// Convolution, then normalization and activation unless it is the last of all.
  private record Convolution(
      String name, int in, int out, int kernel, int stride, boolean transposed, boolean activated)
      implements Node {

    @Override
    public void list(List<Parameter> parameters, int dimensions) {
      var extents = new ArrayList<Long>();
      extents.add((long) (transposed ? in : out));
      extents.add((long) (transposed ? out : in));
      long volume = 1;
      for (int i = 0; i < dimensions; i++) {
        extents.add((long) kernel);
        volume *= kernel;
      }
      // torch's own: Kaiming-uniform with a = sqrt 5, where "fan in" is the second extent's.
      double bound = 1 / StrictMath.sqrt((double) extents.get(1) * volume);
      parameters.add(new Parameter(weight(), extents, 0, bound));
      parameters.add(new Parameter(bias(), List.of((long) out), 0, bound));
      if (activated) {
        parameters.add(new Parameter(factor(), List.of(1L), PRELU, 0));
      }
    }

    @Override
    public NDArray forward(Weights weights, NDArray batch) {
      var weight = weights.get(weight());
      var bias = weights.get(bias());
      var result =
          transposed
              ? Layers.transposedConvolution(batch, weight, bias, stride)
              : Layers.convolution(batch, weight, bias, stride);
      return activated ? Layers.prelu(Layers.instanceNorm(result), weights.get(factor())) : result;
    }

    private String weight() {
      return name + ".conv.weight";
    }

    private String bias() {
      return name + ".conv.bias";
    }

    private String factor() {
      return name + ".adn.A.weight";
    }
  }

  /// A plain convolution under the name itself, as the shortcut of a residual unit has it.
  private record Shortcut(Convolution convolution, String name) implements Node {

    @Override
    public void list(List<Parameter> parameters, int dimensions) {
      var own = new ArrayList<Parameter>();
      convolution.list(own, dimensions);
      for (var parameter : own) {
        parameters.add(
            new Parameter(
                renamed(parameter.name()),
                parameter.extents(),
                parameter.centre(),
                parameter.spread()));
      }
    }

    private String renamed(String original) {
      return name + original.substring(original.lastIndexOf('.'));
    }

    @Override
    public NDArray forward(Weights weights, NDArray batch) {
      return Layers.convolution(
          batch, weights.get(name + ".weight"), weights.get(name + ".bias"), convolution.stride());
    }
  }

  /// Convolutions beside a shortcut, which is the identity where shapes agree; the sum of both.
  private record Residual(List<Convolution> units, List<Shortcut> shortcut) implements Node {

    @Override
    public void list(List<Parameter> parameters, int dimensions) {
      units.forEach(unit -> unit.list(parameters, dimensions));
      shortcut.forEach(own -> own.list(parameters, dimensions));
    }

    @Override
    public NDArray forward(Weights weights, NDArray batch) {
      var result = batch;
      for (var unit : units) {
        result = unit.forward(weights, result);
      }
      var beside = shortcut.isEmpty() ? batch : shortcut.getFirst().forward(weights, batch);
      return result.add(beside);
    }
  }

  /// One after the other.
  private record Sequence(List<Node> nodes) implements Node {

    @Override
    public void list(List<Parameter> parameters, int dimensions) {
      nodes.forEach(node -> node.list(parameters, dimensions));
    }

    @Override
    public NDArray forward(Weights weights, NDArray batch) {
      var result = batch;
      for (var node : nodes) {
        result = node.forward(weights, result);
      }
      return result;
    }
  }

  /// Down, the levels below beside what goes into them, and up again.
  private record Level(Node down, Node below, Node up) implements Node {

    @Override
    public void list(List<Parameter> parameters, int dimensions) {
      down.list(parameters, dimensions);
      below.list(parameters, dimensions);
      up.list(parameters, dimensions);
    }

    @Override
    public NDArray forward(Weights weights, NDArray batch) {
      var smaller = down.forward(weights, batch);
      var both = NDArrays.concat(list(smaller, below.forward(weights, smaller)), 1);
      return up.forward(weights, both);
    }

    private static ai.djl.ndarray.NDList list(NDArray... arrays) {
      return new ai.djl.ndarray.NDList(arrays);
    }
  }

  /// @param units convolutions of a residual unit on the way down
  private record Builder(int units) {

    Node block(
        String name, int in, int out, List<Integer> channels, List<Integer> strides, boolean top) {
      int own = channels.get(0);
      boolean last = channels.size() == 2;
      var inner = name + ".1.submodule";
      var below =
          last
              ? down(inner, own, channels.get(1), 1)
              : block(
                  inner,
                  own,
                  own,
                  channels.subList(1, channels.size()),
                  strides.subList(1, strides.size()),
                  false);
      int joined = own + (last ? channels.get(1) : own);
      return new Level(
          down(name + ".0", in, own, strides.get(0)),
          below,
          up(name + ".2", joined, out, strides.get(0), top));
    }

    private Node down(String name, int in, int out, int stride) {
      return units == 0
          ? new Convolution(name, in, out, KERNEL, stride, false, true)
          : residual(name, in, out, stride, units, false);
    }

    private Node up(String name, int in, int out, int stride, boolean top) {
      if (units == 0) {
        return new Convolution(name, in, out, KERNEL, stride, true, !top);
      }
      return new Sequence(
          List.of(
              new Convolution(name + ".0", in, out, KERNEL, stride, true, true),
              residual(name + ".1", out, out, 1, 1, top)));
    }

    private static Node residual(
        String name, int in, int out, int stride, int units, boolean bareEnd) {
      var convolutions = new ArrayList<Convolution>();
      for (int i = 0; i < units; i++) {
        convolutions.add(
            new Convolution(
                name + ".conv.unit" + i,
                i == 0 ? in : out,
                out,
                KERNEL,
                i == 0 ? stride : 1,
                false,
                !(bareEnd && i == units - 1)));
      }
      if (in == out && stride == 1) {
        return new Residual(convolutions, List.of());
      }
      var residual = name + ".residual";
      int kernel = stride == 1 ? 1 : KERNEL;
      return new Residual(
          convolutions,
          List.of(
              new Shortcut(
                  new Convolution(residual, in, out, kernel, stride, false, false), residual)));
    }
  }
}
