package org.wardfl.algo.convert;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.wardfl.algo.tensor.Role;

/// Finds the state dict in what a file holds: the file's own dictionary, or one inside a
/// checkpoint.
///
/// A state dict is a dictionary with texts as keys and at least one tensor as a value. Dictionaries
/// are searched, lists are not: optimizers keep theirs there.
final class StateDictSearch {

  private static final int MAX_DEPTH = 64;
  private static final int MAX_VISITS = 2_000_000;
  private static final Set<String> USUAL =
      Set.of("state_dict", "model_state_dict", "model", "network", "net", "weights");

  private final Map<String, Pickled.Dictionary> found = new LinkedHashMap<>();
  private final Set<Pickled> path = Collections.newSetFromMap(new IdentityHashMap<>());
  private int visits;

  /// Tensors by name, and what else lay beside them.
  ///
  /// @param key where in the file the state dict is, empty for the file's own
  /// @param leftOut the names of what is left out, each with what it is
  /// @param roles as far as the file declares them
  record StateDict(
      String key,
      Map<String, Pickled.TensorView> tensors,
      List<String> leftOut,
      Map<String, Role> roles) {}

  /// @param key where the state dict is, such as `model` or `ema.model`; empty to find it
  static StateDict in(Pickled root, String key) throws WeightsException {
    var search = new StateDictSearch();
    search.visit("", root, 0);
    return search.chosen(key);
  }

  /// The parameters and buffers of a TorchScript module and of the modules in it.
  static StateDict ofModule(Pickled root, ScriptCode code) throws WeightsException {
    if (!(root instanceof Pickled.Instance module)) {
      throw new WeightsException("the archive holds " + root.kind() + ", expected a module");
    }
    var found = new StateDict("", new LinkedHashMap<>(), new ArrayList<>(), new LinkedHashMap<>());
    new StateDictSearch().collect("", module, 0, code, found);
    return found;
  }

  private void visit(String at, Pickled value, int depth) throws WeightsException {
    if (!(value instanceof Pickled.Dictionary dictionary)) {
      return;
    }
    enter(at, value, depth);
    boolean isStateDict =
        dictionary.members.keySet().stream().allMatch(Pickled.Text.class::isInstance)
            && dictionary.members.values().stream().anyMatch(Pickled.TensorView.class::isInstance);
    if (isStateDict) {
      found.put(at, dictionary);
    }
    for (var member : dictionary.members.entrySet()) {
      if (member.getKey() instanceof Pickled.Text(var name)) {
        visit(at.isEmpty() ? name : at + "." + name, member.getValue(), depth + 1);
      }
    }
    path.remove(value);
  }

  private void collect(
      String at, Pickled.Instance module, int depth, ScriptCode code, StateDict into)
      throws WeightsException {
    enter(at, module, depth);
    if (module.state instanceof Pickled.Dictionary attributes) {
      for (var member : attributes.members.entrySet()) {
        if (!(member.getKey() instanceof Pickled.Text(var name))) {
          continue;
        }
        var inner = at.isEmpty() ? name : at + "." + name;
        switch (member.getValue()) {
          case Pickled.TensorView tensor -> {
            var role = code.role(module.type, name, tensor.dtype());
            if (role.isPresent() || !code.declares(module.type)) {
              into.tensors().put(inner, tensor);
              role.ifPresent(known -> into.roles().put(inner, known));
            } else {
              into.leftOut().add(inner + " (neither parameter nor buffer)");
            }
          }
          case Pickled.Instance instance -> collect(inner, instance, depth + 1, code, into);
          default -> visited(at);
        }
      }
    }
    path.remove(module);
  }

  private void enter(String at, Pickled value, int depth) throws WeightsException {
    if (!path.add(value)) {
      throw new WeightsException("the value at '" + shown(at) + "' contains itself");
    }
    if (depth > MAX_DEPTH) {
      throw new WeightsException("nested deeper than " + MAX_DEPTH + " at '" + shown(at) + "'");
    }
    visited(at);
  }

  private void visited(String at) throws WeightsException {
    visits++;
    if (visits > MAX_VISITS) {
      throw new WeightsException(
          "more than " + MAX_VISITS + " values by way of references, at '" + shown(at) + "'");
    }
  }

  private static String shown(String at) {
    return at.length() > 100 ? at.substring(0, 100) + "…" : at;
  }

  private StateDict chosen(String key) throws WeightsException {
    if (!key.isEmpty()) {
      var dictionary = found.get(key);
      if (dictionary == null) {
        throw new WeightsException("no state dict at '" + key + "'; " + listed());
      }
      return stateDict(key, dictionary);
    }
    if (found.isEmpty()) {
      throw new WeightsException(
          "no state dict in the file: no dictionary of names to tensors. Save"
              + " torch.save(model.state_dict(), FILE)");
    }
    if (found.containsKey("")) {
      return stateDict("", java.util.Objects.requireNonNull(found.get("")));
    }
    var outermost = found.keySet().stream().filter(at -> !at.contains(".")).toList();
    var usual = outermost.stream().filter(USUAL::contains).toList();
    var only =
        usual.size() == 1
            ? Optional.of(usual.getFirst())
            : found.size() == 1
                ? Optional.of(found.keySet().iterator().next())
                : Optional.<String>empty();
    if (only.isEmpty()) {
      throw new WeightsException(
          "which state dict is meant? " + listed() + "; choose one by --key");
    }
    return stateDict(only.get(), java.util.Objects.requireNonNull(found.get(only.get())));
  }

  private String listed() {
    return found.isEmpty()
        ? "there is none"
        : "there are "
            + String.join(
                ", ", found.keySet().stream().limit(10).map(at -> "'" + shown(at) + "'").toList());
  }

  private static StateDict stateDict(String key, Pickled.Dictionary dictionary) {
    var tensors = new LinkedHashMap<String, Pickled.TensorView>();
    var leftOut = new ArrayList<String>();
    for (var member : dictionary.members.entrySet()) {
      var name = ((Pickled.Text) member.getKey()).value();
      if (member.getValue() instanceof Pickled.TensorView tensor) {
        tensors.put(name, tensor);
      } else {
        leftOut.add(name + " (" + member.getValue().kind() + ")");
      }
    }
    return new StateDict(key, tensors, leftOut, Map.of());
  }
}
