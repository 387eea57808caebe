package org.wardfl.algo.method;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.ModelPayload;
import org.wardfl.algo.tensor.DType;
import org.wardfl.algo.tensor.Elements;
import org.wardfl.algo.tensor.Role;
import org.wardfl.algo.tensor.Selection;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.algo.tensor.TensorSource;
import org.wardfl.algo.tensor.TensorSpec;

/// SCAFFOLD's control variates at one site during one task: estimates of the direction of the whole
/// federation (`c`) and of this site (`c_i`), whose difference corrects every gradient.
///
/// The federation's variates travel in the model file, as a buffer `scaffold.NAME` beside every
/// trained tensor `NAME`; an update brings back what the site adds to them. So the server averages
/// them with the same weights as the model; where only some of a job's sites took part, it moves
/// them by those sites' share. The site's own stay in its state file under the same names.
/// [#without] takes them out of a model again.
///
/// Per task: `g += c - c_i` in every step; then, with the received weights `x`, the trained ones
/// `y` and K steps of learning rate r, `c_i' = c_i - c + (x - y) / (K r)`, and `c_i' - c_i` leaves
/// with the update.
///
/// Source: Karimireddy et al., "SCAFFOLD: Stochastic Controlled Averaging for Federated Learning"
/// (ICML 2020), algorithm 1, option II. Computed in double, kept in the tensor's type. F32 and F64
/// only. Immutable.
public final class ControlVariates {

  /// Before the name of the tensor that a variate belongs to.
  public static final String PREFIX = "scaffold.";

  private final List<String> names;
  private final TensorMap server;
  private final TensorMap own;

  private ControlVariates(List<String> names, TensorMap server, TensorMap own) {
    this.names = names;
    this.server = server;
    this.own = own;
  }

  /// What a task ends with.
  ///
  /// @param sent the federation's variates with this site's change added, by the names that they
  ///   have in the model: a part of the full weights that leave
  /// @param kept the site's own, for its state
  public record Changed(TensorMap sent, TensorMap kept) {}

  /// Whether a tensor of a model is a variate: a buffer of that name beside a tensor of the same
  /// type and shape.
  public static boolean isVariate(TensorSpec spec, TensorSource model) {
    return spec.role() == Role.BUFFER
        && spec.name().startsWith(PREFIX)
        && model
            .spec(spec.name().substring(PREFIX.length()))
            .filter(of -> of.dtype() == spec.dtype() && of.shape().equals(spec.shape()))
            .isPresent();
  }

  /// Whether a model carries variates.
  public static boolean in(TensorSource model) {
    return model.specs().stream().anyMatch(spec -> isVariate(spec, model));
  }

  /// A model without its variates.
  public static TensorSource without(TensorSource model) {
    return in(model) ? Selection.of(model, spec -> !isVariate(spec, model)) : model;
  }

  /// A model with a zero variate for each of its parameters, as SCAFFOLD starts.
  public static TensorSource withZeros(TensorSource model) {
    return in(model) ? model : new WithZeros(model);
  }

  /// The variates of a task.
  ///
  /// @param received the federation's model, with its variates
  /// @param trained names of the tensors that are trained and shared
  /// @param state what the site kept after its last task; empty at its first
  /// @throws AlgoException.InvalidModel if the received model has no variate for a tensor, or one
  ///   of another shape
  /// @throws AlgoException if what was kept is of another model, or a value is not finite
  public static ControlVariates of(
      ModelPayload received, Collection<String> trained, TensorMap state) throws AlgoException {
    var names = new TreeSet<>(trained);
    var server = TensorMap.builder();
    var own = TensorMap.builder();
    boolean first = state.specs().stream().noneMatch(spec -> spec.name().startsWith(PREFIX));
    for (var name : names) {
      var of =
          received
              .weights()
              .spec(name)
              .orElseThrow(() ->
                  new AlgoException.InvalidModel(
                      "tensor " + name + " is not in the received model"));
      checkType(of);
      if (received.weights().spec(PREFIX + name).isEmpty()) {
        throw new AlgoException.InvalidModel(
            "the received model has no control variate "
                + PREFIX
                + name
                + ", which SCAFFOLD needs; `ward model convert --control-variates` adds them to a"
                + " first model");
      }
      server.add(received.tensor(PREFIX + name, of.dtype(), extents(of)));
      own.add(first ? zeros(variate(of)) : kept(state, of));
    }
    return new ControlVariates(List.copyOf(names), server.build(), own.build());
  }

  private static void checkType(TensorSpec spec) throws AlgoException.InvalidModel {
    if (spec.dtype() != DType.F32 && spec.dtype() != DType.F64) {
      throw new AlgoException.InvalidModel(
          "tensor "
              + spec.name()
              + " is "
              + spec.dtype()
              + "; control variates are kept for F32 and F64 only");
    }
  }

  private static Tensor kept(TensorMap state, TensorSpec of) throws AlgoException.Failure {
    var expected = variate(of);
    var found = state.spec(expected.name());
    if (found.isEmpty() || !found.get().equals(expected)) {
      throw new AlgoException.Failure(
          "the kept control variates are of another model: "
              + expected.name()
              + " is "
              + found.map(spec -> spec.dtype().toString() + spec.shape()).orElse("not among them")
              + ", expected "
              + expected.dtype()
              + expected.shape());
    }
    return state.tensor(expected.name());
  }

  static TensorSpec variate(TensorSpec of) {
    return of.named(PREFIX + of.name()).withRole(Role.BUFFER);
  }

  private static Tensor zeros(TensorSpec spec) {
    return Tensor.of(spec, Arena.ofAuto().allocate(spec.sizeBytes(), 64));
  }

  /// What is added to every gradient of a tensor: `c - c_i`.
  ///
  /// @param name of the trained tensor
  /// @return a tensor of its type and shape
  /// @throws IllegalArgumentException if it is not one of those that the variates are for
  public Tensor correction(String name) {
    var ofAll = server.tensor(PREFIX + name).toDoubles();
    var ofSite = own.tensor(PREFIX + name).toDoubles();
    for (int i = 0; i < ofAll.length; i++) {
      ofAll[i] -= ofSite[i];
    }
    return tensor(server.tensor(PREFIX + name).spec(), ofAll);
  }

  /// The variates after the training.
  ///
  /// @param received the model that the training started from, full weights
  /// @param trained the model that it came to, full weights
  /// @param steps optimizer steps, at least 1
  /// @param rate learning rate of plain SGD, positive
  /// @throws IOException if a tensor cannot be read
  /// @throws IllegalArgumentException if there was no step, or the rate is not positive
  public Changed after(TensorSource received, TensorSource trained, long steps, double rate)
      throws IOException {
    if (steps < 1 || !(rate > 0)) {
      throw new IllegalArgumentException(
          steps + " steps of learning rate " + rate + ", expected at least one of a positive one");
    }
    var sent = TensorMap.builder();
    var kept = TensorMap.builder();
    for (var name : names) {
      var spec = own.tensor(PREFIX + name).spec();
      var from = values(received, name);
      var to = values(trained, name);
      var ofAll = server.tensor(PREFIX + name).toDoubles();
      var ofSite = own.tensor(PREFIX + name).toDoubles();
      for (int i = 0; i < from.length; i++) {
        double change = (from[i] - to[i]) / (steps * rate) - ofAll[i];
        ofSite[i] += change;
        ofAll[i] += change;
      }
      sent.add(tensor(spec, ofAll));
      kept.add(tensor(spec, ofSite));
    }
    return new Changed(sent.build(), kept.build());
  }

  /// All variates that a site's full weights must have: the changed ones, and those of tensors that
  /// are frozen or stay at the site as they were received.
  ///
  /// @throws AlgoException if a received one cannot be read or is not finite
  public static TensorMap sent(ModelPayload received, Changed changed) throws AlgoException {
    var all = TensorMap.builder();
    for (var spec : received.weights().specs()) {
      if (isVariate(spec, received.weights())) {
        all.add(
            changed.sent().contains(spec.name())
                ? changed.sent().tensor(spec.name())
                : received.tensor(spec.name(), spec.dtype(), extents(spec)));
      }
    }
    return all.build();
  }

  private static double[] values(TensorSource source, String name) throws IOException {
    var spec =
        source.spec(name).orElseThrow(() -> new IllegalArgumentException("no tensor " + name));
    var data = Arena.ofAuto().allocate(spec.sizeBytes(), 64);
    source.read(spec, 0, data);
    return Tensor.of(spec, data).toDoubles();
  }

  private static long[] extents(TensorSpec spec) {
    return spec.shape().extents().stream().mapToLong(Long::longValue).toArray();
  }

  private static Tensor tensor(TensorSpec spec, double[] values) {
    var data = Arena.ofAuto().allocate(spec.sizeBytes(), 64);
    new Elements(spec.dtype(), values.length).encode(values, data);
    return Tensor.of(spec, data);
  }
}
