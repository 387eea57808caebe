package org.wardfl.algo.model;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.wardfl.algo.tensor.TensorSource;
import org.wardfl.algo.tensor.TensorSpec;

/// How two models differ, tensor by tensor. An alias is compared like a tensor of its own name, and
/// what it is an alias of as well. Foreign metadata of files is not compared.
///
/// @param onlyInFirst names that only the first model has, in its order
/// @param onlyInSecond names that only the second model has, in its order
/// @param mismatches tensors of both models with another data type, shape or role
/// @param ties names of both models that share their values with another tensor in one of them, and
///   with a different one or none in the other
/// @param tensors the values of tensors with the same data type and shape in both models, in the
///   first's order
public record ModelDifference(
    List<String> onlyInFirst,
    List<String> onlyInSecond,
    List<Mismatch> mismatches,
    List<Tie> ties,
    List<TensorDifference> tensors) {

  /// Copies.
  public ModelDifference {
    onlyInFirst = List.copyOf(onlyInFirst);
    onlyInSecond = List.copyOf(onlyInSecond);
    mismatches = List.copyOf(mismatches);
    ties = List.copyOf(ties);
    tensors = List.copyOf(tensors);
  }

  /// A tensor that the two models do not describe alike. Where only the role differs its values are
  /// compared as well.
  ///
  /// @param name its name in both
  /// @param first how the first model describes it
  /// @param second how the second model does
  public record Mismatch(String name, TensorSpec first, TensorSpec second) {}

  /// A name that stands for another tensor in the two models.
  ///
  /// @param name the name in both
  /// @param first the tensor that it stands for in the first model: another one if it is an alias
  ///   there, else itself
  /// @param second the same in the second model
  public record Tie(String name, String first, String second) {}

  /// Reads both sources block by block: memory does not grow with the models.
  ///
  /// @throws IOException if a source cannot be read
  public static ModelDifference between(TensorSource first, TensorSource second)
      throws IOException {
    var firstSpecs = byName(first);
    var secondSpecs = byName(second);
    var mismatches = new ArrayList<Mismatch>();
    var ties = new ArrayList<Tie>();
    var tensors = new ArrayList<TensorDifference>();
    for (var entry : firstSpecs.entrySet()) {
      var name = entry.getKey();
      var one = entry.getValue();
      var other = secondSpecs.get(name);
      if (other == null) {
        continue;
      }
      boolean comparable = one.dtype() == other.dtype() && one.shape().equals(other.shape());
      if (!comparable || one.role() != other.role()) {
        mismatches.add(new Mismatch(name, one, other));
      }
      var tie = new Tie(name, one.name(), other.name());
      if (!tie.first().equals(tie.second())) {
        ties.add(tie);
      }
      if (comparable) {
        tensors.add(TensorDifference.between(name, first, one, second, other));
      }
    }
    return new ModelDifference(
        firstSpecs.keySet().stream().filter(name -> !secondSpecs.containsKey(name)).toList(),
        secondSpecs.keySet().stream().filter(name -> !firstSpecs.containsKey(name)).toList(),
        mismatches,
        ties,
        tensors);
  }

  /// Whether names, descriptions, ties and every bit of every value are the same: written as files
  /// both give the same bytes.
  public boolean isIdentical() {
    return onlyInFirst.isEmpty()
        && onlyInSecond.isEmpty()
        && mismatches.isEmpty()
        && ties.isEmpty()
        && tensors.stream().allMatch(TensorDifference::isIdentical);
  }

  /// The largest absolute difference of two finite values in all tensors; 0 where none was
  /// compared.
  public double maxAbsolute() {
    return tensors.stream().mapToDouble(TensorDifference::maxAbsolute).max().orElse(0);
  }

  private static Map<String, TensorSpec> byName(TensorSource source) {
    var specs = new LinkedHashMap<String, TensorSpec>();
    source.specs().forEach(spec -> specs.put(spec.name(), spec));
    source
        .aliases()
        .forEach((alias, name) -> specs.put(alias, Objects.requireNonNull(specs.get(name), name)));
    return specs;
  }
}
