package org.wardfl.gpu.training;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import java.util.SortedMap;

/// What a method adds to the gradients of every step before the optimizer sees them.
@FunctionalInterface
interface GradientTerm {

  /// Changes the gradients in place.
  ///
  /// @param parameters by name, each with its gradient
  void addTo(SortedMap<String, NDArray> parameters);

  /// Nothing.
  static GradientTerm none() {
    return _ -> {};
  }

  /// `strength * (w - start)` for every parameter that has a start.
  ///
  /// @param strength of the pull, at least 0; 0 leaves the gradients alone
  /// @param start by name, of the parameters' shapes; lives as long as the training
  static GradientTerm proximal(double strength, Map<String, NDArray> start) {
    return strength == 0
        ? none()
        : parameters ->
            start.forEach((name, anchor) -> {
              var weight = parameters.get(name);
              if (weight != null) {
                try (var gradient = weight.getGradient();
                    var difference = weight.sub(anchor)) {
                  gradient.addi(difference.muli((float) strength));
                }
              }
            });
  }

  /// A constant for every parameter that has one.
  ///
  /// @param constants by name, of the parameters' shapes; live as long as the training
  static GradientTerm constant(Map<String, NDArray> constants) {
    return parameters ->
        constants.forEach((name, constant) -> {
          var weight = parameters.get(name);
          if (weight != null) {
            try (var gradient = weight.getGradient()) {
              gradient.addi(constant);
            }
          }
        });
  }
}
