package org.wardfl.aggregator;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.tensor.Role;
import org.wardfl.algo.tensor.TensorSource;
import org.wardfl.algo.tensor.TensorSpec;

/// Decides about an update before it counts: cheap facts first, then one pass over the values.
///
/// The pass reads block by block; a refused update never touches a sum.
///
/// @param model the model of the round
/// @param round the round that is open
/// @param type the form that the job asks for
/// @param mayOmit tensors that an update may lack
/// @param excluded tensors that cannot reach the model, so they do not count in the norm
/// @param maxNorm the largest L2 norm over floating parameters and buffers that are not excluded;
///   counters stand apart, as they would dominate it
/// @param maxIterations the most optimizer steps that this site may claim in a round
/// @param maxSamples the most samples that this site may claim
/// @param answered sites whose update of this round is accepted already
public record UpdateCheck(
    TensorSource model,
    int round,
    WeightType type,
    Predicate<String> mayOmit,
    Predicate<String> excluded,
    double maxNorm,
    long maxIterations,
    long maxSamples,
    Set<SiteName> answered) {

  private static final int BLOCK_ELEMENTS = 1 << 14;

  /// Copies.
  public UpdateCheck {
    answered = Set.copyOf(answered);
  }

  /// Why an update is refused.
  public enum Reason {
    /// Its round is not open.
    ROUND,
    /// The site's update of this round is accepted already.
    DUPLICATE,
    /// It claims more iterations than the site may.
    ITERATIONS,
    /// It claims more samples than the site may.
    SAMPLES,
    /// Weights where differences were asked for, or the reverse.
    WEIGHT_TYPE,
    /// A tensor that the model does not have.
    UNKNOWN_TENSOR,
    /// A tensor of the model is missing.
    MISSING_TENSOR,
    /// A tensor of another shape.
    SHAPE,
    /// A tensor of another type.
    DTYPE,
    /// NaN or infinity.
    NOT_FINITE,
    /// The norm is too large.
    NORM
  }

  /// The decision.
  public sealed interface Decision {}

  /// The update counts.
  ///
  /// @param norm its L2 norm over floating tensors that are not excluded
  public record Accepted(double norm) implements Decision {}

  /// The update does not count.
  ///
  /// @param reason why
  /// @param sentence the same with names and numbers
  public record Refused(Reason reason, String sentence) implements Decision {}

  /// Decides.
  ///
  /// @param site who sent it
  /// @param claimedRound the round that it says it belongs to
  /// @param claimedType the form that it says it has
  /// @param summary what the site says that its training did
  /// @param update the tensors
  /// @throws IOException if the update cannot be read
  public Decision check(
      SiteName site,
      int claimedRound,
      WeightType claimedType,
      TrainSummary summary,
      TensorSource update)
      throws IOException {
    if (claimedRound != round) {
      return new Refused(
          Reason.ROUND,
          "update of round " + claimedRound + " from " + site + ", expected round " + round);
    }
    if (answered.contains(site)) {
      return new Refused(Reason.DUPLICATE, "second update from " + site + " in round " + round);
    }
    if (claimedType != type) {
      return new Refused(
          Reason.WEIGHT_TYPE, site + " sent " + claimedType + " weights, expected " + type);
    }
    if (summary.iterations() > maxIterations) {
      return new Refused(
          Reason.ITERATIONS,
          site
              + " claims "
              + summary.iterations()
              + " iterations, expected at most "
              + maxIterations);
    }
    if (summary.samples() > maxSamples) {
      return new Refused(
          Reason.SAMPLES,
          site + " claims " + summary.samples() + " samples, expected at most " + maxSamples);
    }
    var structure = checkStructure(site, update);
    return structure instanceof Refused ? structure : checkValues(site, update);
  }

  private Decision checkStructure(SiteName site, TensorSource update) {
    for (var spec : update.specs()) {
      var found = model.spec(spec.name());
      if (found.isEmpty()) {
        return new Refused(Reason.UNKNOWN_TENSOR, tensor(spec, site) + " is not in the model");
      }
      var expected = found.get();
      if (!expected.shape().equals(spec.shape())) {
        return new Refused(
            Reason.SHAPE,
            tensor(spec, site) + ": shape " + spec.shape() + " expected " + expected.shape());
      }
      if (expected.dtype() != spec.dtype()) {
        return new Refused(
            Reason.DTYPE,
            tensor(spec, site) + ": " + spec.dtype() + " expected " + expected.dtype());
      }
    }
    var missing = new TreeSet<String>();
    for (var spec : model.specs()) {
      if (!mayOmit.test(spec.name()) && update.spec(spec.name()).isEmpty()) {
        missing.add(spec.name());
      }
    }
    return missing.isEmpty()
        ? new Accepted(0)
        : new Refused(
            Reason.MISSING_TENSOR,
            "update from " + site + " lacks tensor " + String.join(", ", missing));
  }

  private Decision checkValues(SiteName site, TensorSource update) throws IOException {
    double squares = 0;
    // Clearing blocks that a small update never fills would cost it more than the check.
    long largest =
        update.specs().stream().mapToLong(spec -> spec.shape().elements()).max().orElse(0);
    try (var arena = Arena.ofConfined()) {
      var reader = new BlockReader((int) Math.min(BLOCK_ELEMENTS, largest), arena);
      for (var spec : update.specs()) {
        if (!spec.dtype().isFloating()) {
          continue;
        }
        long elements = spec.shape().elements();
        double ofTensor = 0;
        for (long at = 0; at < elements; at += BLOCK_ELEMENTS) {
          int count = (int) Math.min(BLOCK_ELEMENTS, elements - at);
          ofTensor += squares(reader.doubles(update, spec, at, count), count);
        }
        // A sum of squares is finite only if every value is; F64 values beyond 1e154 are as good as
        // infinite here.
        if (!Double.isFinite(ofTensor)) {
          return new Refused(
              Reason.NOT_FINITE, tensor(spec, site) + " holds a value that is not finite");
        }
        boolean counts =
            model.spec(spec.name()).orElseThrow().role() != Role.CONSTANT
                && !excluded.test(spec.name());
        squares += counts ? ofTensor : 0;
      }
    }
    double norm = Math.sqrt(squares);
    return norm <= maxNorm
        ? new Accepted(norm)
        : new Refused(
            Reason.NORM,
            "update from " + site + " has norm " + norm + ", expected at most " + maxNorm);
  }

  private static double squares(double[] values, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += values[i] * values[i];
    }
    return sum;
  }

  private static String tensor(TensorSpec spec, SiteName site) {
    return "tensor " + spec.name() + " from " + site;
  }
}
