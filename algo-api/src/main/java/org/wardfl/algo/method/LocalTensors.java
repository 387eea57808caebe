package org.wardfl.algo.method;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.function.Predicate;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.tensor.Overlay;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.algo.tensor.TensorSource;
import org.wardfl.algo.tensor.TensorSpec;

/// Tensors that every site keeps for itself, such as normalization layers: FedBN, and personal
/// layers of any kind.
///
/// A site trains and scores the received model with its own tensors in it, and keeps them in its
/// state. What leaves says nothing of them.
///
/// Source: Li et al., "FedBN: Federated Learning on Non-IID Features via Local Batch Normalization"
/// (ICLR 2021), algorithm 1; personal layers: Arivazhagan et al., "Federated Learning with
/// Personalization Layers" (2019), algorithm 1.
///
/// @param patterns which tensors
public record LocalTensors(NamePatterns patterns) {

  private static final String PREFIX = "local.";

  /// The received model with this site's own tensors in it.
  ///
  /// @param state what the site kept; without any it starts from the received ones
  /// @throws AlgoException.Failure if what was kept is of another model
  public TensorSource merged(TensorSource received, TensorMap state) throws AlgoException.Failure {
    try {
      return Overlay.of(received, StatePart.of(state, PREFIX));
    } catch (IllegalArgumentException e) {
      throw new AlgoException.Failure("the kept layers are of another model: " + e.getMessage());
    }
  }

  /// Adds this site's tensors of a trained model to a state.
  ///
  /// @throws IOException if they cannot be read
  public void save(TensorSource trained, TensorMap.Builder state) throws IOException {
    for (var spec : trained.specs()) {
      if (patterns.matches(spec.name())) {
        state.add(copy(trained, spec).named(PREFIX + spec.name()));
      }
    }
  }

  /// What may leave of a trained model: in place of the site's tensors the received ones, which
  /// makes no difference to the federation's model; nothing at all where an update may lack them.
  ///
  /// @param received is copied as far as it is needed
  /// @param mayOmit tensors that an update may lack
  /// @throws IOException if a tensor cannot be read
  public TensorMap leaving(TensorMap trained, TensorSource received, Predicate<String> mayOmit)
      throws IOException {
    if (patterns.isEmpty()) {
      return trained;
    }
    var leaving = TensorMap.builder();
    for (var spec : trained.specs()) {
      if (!patterns.matches(spec.name())) {
        leaving.add(trained.tensor(spec.name()));
      } else if (!mayOmit.test(spec.name())) {
        leaving.add(copy(received, spec));
      }
    }
    return leaving.build();
  }

  private static Tensor copy(TensorSource source, TensorSpec spec) throws IOException {
    var data = Arena.ofAuto().allocate(spec.sizeBytes(), 64);
    source.read(spec, 0, data);
    return Tensor.of(spec, data);
  }
}
